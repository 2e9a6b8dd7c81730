package generate

import (
	"bytes"
	"fmt"
	"io"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/diet-project/diet/generate/plain"
)

// EncodeYAML writes documents as YAML for people to read and review, with two spaces a level.
// Whoever may edit an object, or gives a reason, chooses texts in it: a character in one that would turn the
// direction of writing is written as its escape, so that a line shows what it says.
// What people wrote as comments stays as it is.
func EncodeYAML(w io.Writer, docs ...any) error {
	nodes := make([]*yaml.Node, len(docs))
	hidden := false
	for i, doc := range docs {
		n, err := nodeOf(doc)
		if err != nil {
			return err
		}
		nodes[i], hidden = n, hidden || !shown(n)
	}
	text, err := encode(nodes)
	if err != nil {
		return err
	}
	if hidden {
		mark := unused(text)
		for i, n := range nodes {
			nodes[i] = escaped(n, mark)
		}
		if text, err = encode(nodes); err != nil {
			return err
		}
		for i, part := range bytes.Split(text, []byte(mark)) {
			if i%2 == 1 { // between two marks
				part = append([]byte(`\u`), part...)
			}
			if _, err := w.Write(part); err != nil {
				return fmt.Errorf("write yaml: %w", err)
			}
		}
		return nil
	}
	if _, err := w.Write(text); err != nil {
		return fmt.Errorf("write yaml: %w", err)
	}
	return nil
}

func nodeOf(doc any) (*yaml.Node, error) {
	if n, is := doc.(*yaml.Node); is {
		return n, nil
	}
	var n yaml.Node
	if err := n.Encode(doc); err != nil {
		return nil, fmt.Errorf("write yaml: %w", err)
	}
	return &n, nil
}

func encode(nodes []*yaml.Node) ([]byte, error) {
	var out bytes.Buffer
	enc := yaml.NewEncoder(&out)
	enc.SetIndent(2)
	for _, n := range nodes {
		if err := enc.Encode(n); err != nil {
			return nil, fmt.Errorf("write yaml: %w", err)
		}
	}
	if err := enc.Close(); err != nil {
		return nil, fmt.Errorf("write yaml: %w", err)
	}
	return out.Bytes(), nil
}

// shown reports whether the texts of a node show what they say. What an alias stands for does so
// where it is defined.
func shown(n *yaml.Node) bool {
	for _, c := range n.Content {
		if !shown(c) {
			return false
		}
	}
	return n.Kind != yaml.ScalarNode || !strings.ContainsFunc(n.Value, plain.Turns)
}

// escaped is a copy of a node in which what turns the direction of writing stands as its number,
// between two marks.
func escaped(n *yaml.Node, mark string) *yaml.Node {
	out := *n
	out.Content = nil
	for _, c := range n.Content {
		out.Content = append(out.Content, escaped(c, mark))
	}
	if shown(&out) {
		return &out
	}
	var text strings.Builder
	for _, r := range n.Value {
		if plain.Turns(r) {
			fmt.Fprintf(&text, "%s%04X%s", mark, r, mark)
			continue
		}
		text.WriteRune(r)
	}
	out.Value, out.Style = text.String(), yaml.DoubleQuotedStyle
	return &out
}

// unused is a character that a text does not have, of those that nobody has a picture for.
func unused(text []byte) string {
	r := '\ue000'
	for bytes.ContainsRune(text, r) {
		r++
	}
	return string(r)
}
