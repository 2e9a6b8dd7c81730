package plain_test

import (
	"encoding/json"
	"maps"
	"strings"
	"testing"

	"github.com/diet-project/diet/generate/plain"
)

// TestLine shows what would act, and leaves the rest.
func TestLine(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"web-01": "web-01", "Zürich 東京": "Zürich 東京", "a\nb\x1b[2J\x7f": "a␊b␛[2J␡", "\u202eexe.\u2069": "<U+202E>exe.<U+2069>",
		"\xff": "<FF>", "\u2028": "<U+2028>", "\u0085": "<U+0085>",
	} {
		if got := plain.Line(in); got != want || plain.Is(in) != (in == want) || !plain.Is(got) {
			t.Errorf("%q becomes %q, want %q", in, got, want)
		}
	}
	if got := plain.Lines("a\r\nb"); got != "a␍\nb" {
		t.Errorf("got %q", got)
	}
}

// TestJSON writes the same JSON, in which nothing turns.
func TestJSON(t *testing.T) {
	t.Parallel()
	want := map[string]string{"\u2066why": "agreed \u202edegrof\u202c \\u202e", "more": "東京\n"}
	var out strings.Builder
	if err := json.NewEncoder(plain.JSON(&out)).Encode(want); err != nil {
		t.Fatal(err)
	}
	var got map[string]string
	err := json.Unmarshal([]byte(out.String()), &got)
	if err != nil || !maps.Equal(got, want) || strings.ContainsFunc(out.String(), plain.Turns) {
		t.Errorf("%q is read as %q, %v", out.String(), got, err)
	}
}

// TestCount has a number agree with its noun.
func TestCount(t *testing.T) {
	t.Parallel()
	for n, want := range []string{"0 cables are", "1 cable is", "2 cables are"} {
		if got := plain.Count(n, "cable is", "cables are"); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// TestCell keeps spreadsheets from running what somebody called an object.
func TestCell(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"": "", "web-001": "web-001", "-1": "-1", "+1.5": "+1.5", "a=b": "a=b",
		"=1+1": "'=1+1", " =x": "' =x", "@x": "'@x", "-x": "'-x", "+": "'+", "-1+x": "'-1+x", "\t=x": "'\t=x",
	} {
		if got := plain.Cell(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}
