package generate

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"

	"go.yaml.in/yaml/v3"
)

// meaningOf is a digest of what a document says: its layout, its comments and the order of its
// keys do not matter, nor does what it leaves unsaid with a null.
func meaningOf(root *yaml.Node) string {
	text, _ := json.Marshal(said(root)) // of lists and texts: cannot fail
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

// said is a node as lists of texts. Two notations of one value, such as 48 and 0x30, differ.
func said(n *yaml.Node) any {
	switch n.Kind {
	case yaml.MappingNode:
		entries := make(map[string]any, len(n.Content)/2) // JSON sorts the keys
		for i := 0; i+1 < len(n.Content); i += 2 {
			if !isNull(n.Content[i+1]) {
				entries[n.Content[i].Value] = said(n.Content[i+1])
			}
		}
		return entries
	case yaml.SequenceNode:
		list := make([]any, len(n.Content))
		for i, item := range n.Content {
			list[i] = said(item)
		}
		return list
	}
	return [2]string{n.ShortTag(), n.Value}
}
