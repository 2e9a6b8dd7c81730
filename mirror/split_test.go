package mirror_test

import (
	"slices"
	"testing"

	"github.com/diet-project/diet/mirror"
)

func TestStatements(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][]string{
		"":                                   nil,
		" ; ;\n":                             nil,
		"SELECT 1":                           {"SELECT 1"},
		"SELECT 1;SELECT 2;":                 {"SELECT 1", "SELECT 2"},
		"SELECT ';', \"a;b\"; SELECT 2":      {"SELECT ';', \"a;b\"", " SELECT 2"},
		"SELECT 'it''s;'; x":                 {"SELECT 'it''s;'", " x"},
		"SELECT 1 -- one;\n; SELECT 2":       {"SELECT 1 -- one;\n", " SELECT 2"},
		"SELECT /* ; */ [a;b];":              {"SELECT /* ; */ [a;b]"},
		"-- one\nSELECT 1; -- two\n/* x; */": {"-- one\nSELECT 1"},
		"SELECT 'open; SELECT 2":             {"SELECT 'open; SELECT 2"},
	} {
		if got := slices.Collect(mirror.Statements(text)); !slices.Equal(got, want) {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func TestComplete(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		"": false, "SELECT 1": false, "SELECT 1;": true, "SELECT 1;\n \n": true, "SELECT ';": false,
		"SELECT ';'": false, "SELECT ';';\n": true, "SELECT 1; SELECT 2": false, "SELECT 1; SELECT 2;": true, "SELECT 1 --;\n": false,
	} {
		if got := mirror.Complete(text); got != want {
			t.Errorf("%q: %v, want %v", text, got, want)
		}
	}
}
