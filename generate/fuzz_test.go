package generate_test

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/diet-project/diet/generate"
)

// FuzzExpandBraces: two texts one after the other stand for each word of the first with
// each word of the second; and the words of a text, put in braces, stand for themselves.
func FuzzExpandBraces(f *testing.F) {
	for _, seed := range [][2]string{
		{"be{0-7}", ""}, {"E1/{1-64}", "/{1,2}"}, {"p{a,b}", "{08-11}"}, {"{1-2", "}"}, {"{{1}}", "x"}, {"{a-b}", "{-1}"},
		{"{ 1 - 2 }", "{1- 2}"}, {"{0-4096}", ""}, {"{99999999999999999999-1}", "{00-00}"}, {"é{1-2}ß", "{,}"},
	} {
		f.Add(seed[0], seed[1])
	}
	f.Fuzz(func(t *testing.T, a, b string) {
		first, err := generate.ExpandBraces(a)
		if err != nil {
			return
		}
		checkWords(t, a, first)
		second, err := generate.ExpandBraces(b)
		if err != nil {
			return
		}
		var want []string
		for _, x := range first {
			for _, y := range second {
				want = append(want, x+y)
			}
		}
		both, err := generate.ExpandBraces(a + b)
		if tooMany := len(want) > 4096; tooMany != (err != nil) || !tooMany && !slices.Equal(both, want) {
			t.Errorf("%q and %q stand for %d and %d words, together for %q, %v", a, b, len(first), len(second), both, err)
		}
	})
}

// ranged is what braces take for a range, and for no word.
var ranged = regexp.MustCompile(`^[0-9]+-[0-9]+$`)

func checkWords(t *testing.T, text string, words []string) {
	t.Helper()
	if len(words) == 0 || len(words) > 4096 {
		t.Errorf("%q stands for %d words", text, len(words))
	}
	if !strings.Contains(text, "{") && !slices.Equal(words, []string{text}) {
		t.Errorf("%q has no braces, and stands for %q", text, words)
	}
	for _, w := range words {
		if strings.ContainsAny(w, "{}") {
			t.Errorf("%q stands for %q, which has a brace", text, w)
		}
		if w == "" || w != strings.TrimSpace(w) || strings.Contains(w, ",") || ranged.MatchString(w) {
			return
		}
	}
	again, err := generate.ExpandBraces("{" + strings.Join(words, ",") + "}")
	if err != nil || !slices.Equal(again, words) {
		t.Errorf("the words of %q in braces stand for %q, %v", text, again, err)
	}
}

// FuzzParsePorts: the ports of a spec are in order, each once, and a spec of them.
func FuzzParsePorts(f *testing.F) {
	for _, seed := range []string{"1-48", "1-8,10,12-20:2", "3,2,1,1", " 1 - 4 : 2 ", "1:2", "0",
		"1024", "1-1025", "4-1", "1-4:0", ",", "1-2-3", "+1", "٣"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, spec string) {
		ports, err := generate.ParsePorts(spec)
		if err != nil {
			return
		}
		texts := make([]string, len(ports))
		for i, p := range ports {
			if p < 0 || p > 1024 || i > 0 && p <= ports[i-1] {
				t.Fatalf("%q: the ports %v", spec, ports)
			}
			texts[i] = strconv.Itoa(p)
		}
		again, err := generate.ParsePorts(strings.Join(texts, ","))
		if err != nil || !slices.Equal(again, ports) {
			t.Errorf("%q: the ports %v, again %v, %v", spec, ports, again, err)
		}
	})
}

// placeholder is what a pattern may hold in braces, and wellFormed one that pairs them.
var (
	placeholder = regexp.MustCompile(`\{(site|class|rack|n|index)(?::0*([0-9]|1[0-9]|20)d?)?\}`)
	wellFormed  = regexp.MustCompile(`^[^{}]*(\{[^{}]*\}[^{}]*)*$`)
)

// FuzzPattern: a pattern is filled in as a plain replacement of its placeholders does
// it, and any other brace is a finding.
func FuzzPattern(f *testing.F) {
	for _, seed := range []string{
		"{site}-{class}-{n:02}", "{rack}{index}", "{n:03d}", "{n:20}", "{n:21}", "{n:+3}", "{n:-0}",
		"{n:}", "{class:02}", "{role}", "{", "}", "{}", "{{n}}", "é{n}", "",
	} {
		f.Add(seed, 7)
	}
	f.Fuzz(func(t *testing.T, text string, n int) {
		words := map[string]string{"site": "ams{2}", "class": "leaf"}
		got, findings := generate.ExpandPattern(text, words, "row-01", n)
		rest := placeholder.ReplaceAllStringFunc(text, func(string) string { return "" })
		bad := strings.ContainsAny(rest, "{}") || !wellFormed.MatchString(text)
		for _, m := range placeholder.FindAllStringSubmatch(text, -1) {
			bad = bad || m[2] != "" && m[1] != "n" && m[1] != "index"
		}
		if bad != (len(findings) > 0) {
			t.Fatalf("%q: the findings %v, bad %v", text, findings, bad)
		}
		if bad {
			return
		}
		want := placeholder.ReplaceAllStringFunc(text, func(p string) string {
			m := placeholder.FindStringSubmatch(p)
			switch m[1] {
			case "rack":
				return "row-01"
			case "n", "index":
				width, _ := strconv.Atoi("0" + m[2])
				digits := strconv.Itoa(n)
				return strings.Repeat("0", max(0, width-len(digits))) + digits
			}
			return words[m[1]]
		})
		if got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	})
}
