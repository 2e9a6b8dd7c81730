package generate_test

import (
	"reflect"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"github.com/diet-project/diet/generate"
	"github.com/diet-project/diet/generate/plain"
)

// TestEncodeYAML writes texts that turn the direction of writing: a reader sees where, a program
// reads them as they were, and the rest stays as it is.
func TestEncodeYAML(t *testing.T) {
	t.Parallel()
	for _, doc := range []any{
		map[string]any{"why": "agreed \u202edegrof\u202c, see \ue000 and \u2028"},
		map[string]any{"\u2066key": []any{"a\u200fb\nsecond 'line'\n", "\u061c", 7, nil, "plain"}},
		map[string]any{"quoted": "\"\\ \u202e\\u202e"},
		map[string]any{"plain": "Zürich — 東京", "n": 1.5},
	} {
		var out strings.Builder
		if err := generate.EncodeYAML(&out, doc, doc); err != nil {
			t.Fatal(err)
		}
		if strings.ContainsFunc(out.String(), plain.Turns) {
			t.Errorf("it turns: %q", out.String())
		}
		dec := yaml.NewDecoder(strings.NewReader(out.String()))
		for range 2 {
			var got any
			if err := dec.Decode(&got); err != nil || !reflect.DeepEqual(got, doc) {
				t.Errorf("%q is read as %#v, want %#v: %v", out.String(), got, doc, err)
			}
		}
	}
}

// TestEncodeYAMLComments leaves what people wrote beside a text alone.
func TestEncodeYAMLComments(t *testing.T) {
	t.Parallel()
	var doc yaml.Node
	if err := yaml.Unmarshal([]byte("# שלום\u200f\na: 'x\u202ey' # hers\nb: &b {c: 'kept'}\nd: *b\n"), &doc); err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	if err := generate.EncodeYAML(&out, &doc); err != nil {
		t.Fatal(err)
	}
	const want = "# שלום\u200f\na: \"x\\u202Ey\" # hers\nb: &b {c: 'kept'}\nd: *b\n"
	if out.String() != want {
		t.Errorf("got %q, want %q", out.String(), want)
	}
}
