package value_test

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/diet-project/diet/mirror/value"
)

// FuzzEncode holds Encode and Compact against encoding/json, byte for byte, and Valid too.
func FuzzEncode(f *testing.F) {
	for _, seed := range []string{
		`{"b":[1,1.5,"x",null,true,{}],"a":{"ä":"\u2028<&>","":[]}}`, `18446744073709551617`, `1e400`, `"\ud800\u007f"`,
		`[[],[[-0]]]`, `"a\\\"b\n"`,
		` { "a" : 1 , "b" : [ true , false ] } `, `{"a":01}`, `{"a":1.}`, `[1,]`, `{,}`, `{"a":1,}`, `-`, `1e+`, `tru`,
		`"\x"`, `"\u12g4"`, "\"\t\"", `{"a":1}x`, `nullx`, `[1}`, `0.5E-3`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		v, err := value.Decode(text)
		if value.Valid(string(text)) != json.Valid(text) {
			t.Fatalf("Valid(%q) is %v", text, !json.Valid(text))
		}
		if err != nil {
			return
		}
		var compact bytes.Buffer
		if err := json.Compact(&compact, text); err != nil || value.Compact(string(text)) != compact.String() {
			t.Fatalf("%q is %q when compact: %v", text, value.Compact(string(text)), err)
		}
		var want bytes.Buffer
		enc := json.NewEncoder(&want)
		enc.SetEscapeHTML(false)
		if err := enc.Encode(v); err != nil {
			t.Fatal(err)
		}
		if got, err := value.Encode(v); err != nil || got+"\n" != want.String() {
			t.Fatalf("%q is encoded as %q, not %q: %v", text, got, want.String(), err)
		}
	})
}

// TestEncodeOdd encodes what does not come of JSON.
func TestEncodeOdd(t *testing.T) {
	t.Parallel()
	for _, v := range []any{[]any(nil), map[string]any(nil), []string{"a"}, 1, uint8(2), json.Number("1.50"),
		"\xff", 1e30, map[string]any{"x": []int{1}}} {
		want, _ := json.Marshal(v)
		if got, err := value.Encode(v); err != nil || got != string(want) {
			t.Errorf("%#v is %s, not %s: %v", v, got, want, err)
		}
	}
	if got, err := value.Encode([]any{map[string]any{"x": func() {}}}); err == nil {
		t.Errorf("a function is %s", got)
	}
}
