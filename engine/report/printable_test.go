package report

import (
	"reflect"
	"testing"
)

func TestPrintable(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"plain ÄÖ 漢字 🙂":  "plain ÄÖ 漢字 🙂",
		"a\nFORGED\r":    "a␊FORGED␍",
		"\x1b[2K\x07":    "␛[2K␇",
		"\x7f\u009b1m":   "␡<U+009B>1m",
		"a\u202eb\u2028": "a<U+202E>b<U+2028>",
		"a\xffb":         "a<FF>b",
		"a\ufffdb":       "a\ufffdb",
		"":               "",
	} {
		if got := Printable(text); got != want {
			t.Errorf("%q is shown as %q, want %q", text, got, want)
		}
	}
	if got := PrintableLines("a\r\nb"); got != "a␍\nb" {
		t.Errorf("lines are shown as %q", got)
	}
}

// TestPrintableValues reaches every text of a value, and leaves the value itself alone.
func TestPrintableValues(t *testing.T) {
	t.Parallel()
	type part struct {
		Text   string
		Any    any
		Map    map[string][]string
		Next   *part
		secret string
	}
	dirty := part{"a\n", []any{"b\r", 1, nil}, map[string][]string{"c\x1b": {"d\t"}}, &part{Text: "e\n"}, "f"}
	want := part{"a␊", []any{"b␍", 1, nil}, map[string][]string{"c␛": {"d␉"}}, &part{Text: "e␊"}, "f"}
	if got := printable(dirty); !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v", got)
	}
	if dirty.Text != "a\n" || dirty.Next.Text != "e\n" {
		t.Error("the value itself is changed")
	}
	if clean := printable(&want); clean != &want {
		t.Error("a printable value is copied")
	}
}
