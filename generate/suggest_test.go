package generate

import "testing"

// TestSuggest names the word that another one is meant for, and none that is merely short too.
func TestSuggest(t *testing.T) {
	t.Parallel()
	formats := []string{"csv", "hedgehog", "json", "sheet", "yaml"}
	for _, tt := range []struct {
		word  string
		known []string
		want  string
	}{
		{"jsn", formats, "did you mean json?"},
		{"jsno", formats, "did you mean json?"}, // two letters changed places
		{"yml", formats, "did you mean yaml?"},
		{"hedgehg", formats, "did you mean hedgehog?"},
		{"html", formats, "known: csv, hedgehog, json, sheet, yaml"},
		{"svg", formats, "known: csv, hedgehog, json, sheet, yaml"},
		{"wbe", []string{"gpu", "web"}, "did you mean web?"},
		{"decsription", []string{"description", "name"}, "did you mean description?"},
		{"x", []string{"gpu", "web"}, "known: gpu, web"},
		{"", []string{"gpu"}, "known: gpu"},
		{"web", nil, ""},
	} {
		if got := Suggest(tt.word, tt.known); got != tt.want {
			t.Errorf("Suggest(%q) = %q, want %q", tt.word, got, tt.want)
		}
	}
	for _, tt := range []struct {
		a, b string
		want int
	}{{"", "", 0}, {"", "ab", 2}, {"ab", "ba", 1}, {"web", "wbe", 1}, {"kitten", "sitting", 3}, {"ca", "abc", 3}} {
		if got := distance(tt.a, tt.b); got != tt.want || distance(tt.b, tt.a) != tt.want {
			t.Errorf("distance(%q, %q) = %d and %d, want %d", tt.a, tt.b, got, distance(tt.b, tt.a), tt.want)
		}
	}
}
