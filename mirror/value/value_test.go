package value_test

import (
	"bytes"
	"encoding/json"
	"reflect"
	"testing"
	"unicode/utf8"

	"github.com/diet-project/diet/mirror/value"
)

func TestEqual(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		a, b string
		same bool
	}{
		"whole numbers":      {`1.0`, `1`, true},
		"exponents":          {`1e3`, `1000`, true},
		"half units":         {`10.5`, `10.50`, true},
		"above 2^53":         {`9007199254740993`, `9007199254740992`, false},
		"above 2^63":         {`18446744073709551617`, `18446744073709551616`, false},
		"booleans":           {`true`, `1`, false},
		"text is no number":  {`"1"`, `1`, false},
		"text is no object":  {`"{}"`, `{}`, false},
		"null is not empty":  {`null`, `""`, false},
		"null is not false":  {`null`, `false`, false},
		"escapes":            {`"\u00e9<"`, `"é\u003c"`, true},
		"case":               {`"É"`, `"é"`, false},
		"keys in any order":  {`{"a": 1, "b": [1.0]}`, `{"b": [1], "a": 1}`, true},
		"lists keep order":   {`[1, 2]`, `[2, 1]`, false},
		"a list of one":      {`[1]`, `1`, false},
		"null in an object":  {`{"a": null}`, `{}`, false},
		"null in a list":     {`[null]`, `[]`, false},
		"big number in JSON": {`{"a": 36893488147419103233}`, `{"a": 36893488147419103232}`, false},
		"nested":             {`{"a": {"b": [{"c": 1}]}}`, `{"a": {"b": [{"c": 1.0}]}}`, true},
	} {
		a, errA := value.Decode([]byte(tc.a))
		b, errB := value.Decode([]byte(tc.b))
		if errA != nil || errB != nil {
			t.Fatalf("%s: %v, %v", name, errA, errB)
		}
		if got := value.Equal(a, b); got != tc.same {
			t.Errorf("%s: Equal(%s, %s) = %v", name, tc.a, tc.b, got)
		}
		if got := bytes.Equal(value.Append(nil, a), value.Append(nil, b)); got != tc.same {
			t.Errorf("%s: the canonical forms of %s and %s are the same: %v", name, tc.a, tc.b, got)
		}
		if got, err := value.AppendJSON(nil, tc.a); err != nil || !bytes.Equal(got, value.Append(nil, a)) {
			t.Errorf("%s: %s has another canonical form as text: %v", name, tc.a, err)
		}
	}
}

func TestOf(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ in, want any }{
		{1, int64(1)}, {int64(1), int64(1)}, {1.0, int64(1)}, {1.5, 1.5}, {float32(2), int64(2)}, {uint64(3), int64(3)},
		{uint64(1) << 63, json.Number("9223372036854775808")}, {json.Number("1e2"), int64(100)},
		{json.Number("9007199254740993"), int64(9007199254740993)},
		{true, true}, {nil, nil}, {"", ""}, {[]byte("x"), "x"}, {[]string{"a"}, []any{"a"}},
		{map[string]any{"a": []any{1, 2.0}}, map[string]any{"a": []any{int64(1), int64(2)}}},
	} {
		if got := value.Of(tc.in); !reflect.DeepEqual(got, tc.want) {
			t.Errorf("Of(%#v) = %#v, want %#v", tc.in, got, tc.want)
		}
	}
}

func TestSign(t *testing.T) {
	t.Parallel()
	fields := map[string]any{"x": nil, "y": nil}
	sign := func(released, doc map[string]any) int64 { return value.Sign(fields, released, doc, nil) }
	none := map[string]any{}
	same := func(name string, want bool, a, b int64) {
		t.Helper()
		if (a == b) != want {
			t.Errorf("%s: same = %v", name, a == b)
		}
	}
	same("null is absent", true, sign(nil, map[string]any{"x": nil}), sign(nil, none))
	same("null is not empty", false, sign(nil, map[string]any{"x": ""}), sign(nil, none))
	same("swapped values", false, sign(nil, map[string]any{"x": 1, "y": 2}), sign(nil, map[string]any{"x": 2, "y": 1}))
	same("other fields do not count", true, sign(nil, map[string]any{"x": 1, "z": 2}), sign(nil, map[string]any{"x": 1, "z": 3}))
	same("released fields do not count", true, sign(map[string]any{"y": none}, map[string]any{"x": 1, "y": 2}),
		sign(map[string]any{"y": none}, map[string]any{"x": 1, "y": 3}))
	same("initial or owned", false, value.Sign(map[string]any{"x": 1, "y": 2}, none, map[string]any{"x": 1, "y": 2}, none),
		value.Sign(map[string]any{"x": 1}, none, map[string]any{"x": 1}, map[string]any{"y": 2}))
	same("texts do not run together", false, value.Hash("a", "b"), value.Hash("ab"))
}

func TestEncode(t *testing.T) {
	t.Parallel()
	const text = `{"a":"<é\n","b":[null,true,1.5,36893488147419103233],"c":{}}`
	v, err := value.DecodeObject([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	if got, err := value.Encode(v); err != nil || got != text {
		t.Errorf("Encode = %s, %v", got, err)
	}
	for _, bad := range []string{``, `{`, `[]`, `{} {}`, `nope`} {
		if _, err := value.DecodeObject([]byte(bad)); err == nil {
			t.Errorf("DecodeObject(%q) took it", bad)
		}
	}
}

// FuzzDecode holds what Decode makes of a text against encoding/json: a value is
// equal to itself written and read again, and has one canonical form.
func FuzzDecode(f *testing.F) {
	for _, seed := range []string{`{"a":[1,1.0,"x",null,true]}`, `18446744073709551617`, `-0`, `1e400`, `"\ud800"`, `[[[]]]`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		v, err := value.Decode(text)
		if (err == nil) != json.Valid(text) {
			t.Fatalf("Decode(%q) = %v", text, err)
		}
		if err != nil {
			return
		}
		again, err := value.Encode(v)
		if err != nil {
			t.Fatal(err)
		}
		w, err := value.Decode([]byte(again))
		if err != nil || !value.Equal(v, w) || !bytes.Equal(value.Append(nil, v), value.Append(nil, w)) {
			t.Fatalf("%q became %q: %v", text, again, err)
		}
	})
}

func TestSplit(t *testing.T) {
	t.Parallel()
	got := value.Split(` { "x" : "a\"}," , "y\u0079" : [ {"a" : "}" } ] , "z":1.0 } `)
	want := value.Object{"x": `"a\"},"`, "yy": `[ {"a" : "}" } ]`, "z": "1.0"}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("Split = %q, want %q", got, want)
	}
	for _, none := range []string{``, `[]`, `"{}"`, `{"a"}`, `{"a":}`, `{"a":1`} {
		if got := value.Split(none); got != nil {
			t.Errorf("Split(%q) = %q", none, got)
		}
	}
}

// FuzzSplit holds the splitter against encoding/json: of a JSON object it finds the
// same keys, with values of the same canonical form.
func FuzzSplit(f *testing.F) {
	for _, seed := range []string{`{}`, `{"a":[1,"]"],"b":{"c":"}"}}`, `{ "\\" : "\"" , "" : "" }`, `{"a":1e5,"a":2}`, `{"x":"\ud800"}`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		object := value.Split(text)
		v, err := value.DecodeObject([]byte(text))
		if err != nil || !utf8.ValidString(text) {
			return // a page of NetBox's is UTF-8
		}
		if len(object) != len(v) {
			t.Fatalf("Split(%q) = %q", text, object)
		}
		if read, err := value.ReadObject(text); err != nil || !value.Equal(read, v) {
			t.Fatalf("ReadObject(%q) = %v, %v", text, read, err)
		}
		for key, want := range v {
			got, err := value.AppendJSON(nil, object[key])
			if err != nil || !bytes.Equal(got, value.Append(nil, want)) {
				t.Fatalf("Split(%q): %q is %q: %v", text, key, object[key], err)
			}
		}
	})
}
