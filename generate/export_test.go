package generate

// Stripe gives tests the striping of uplinks: t instances of so many lanes, and
// for each source its uplinks and how many each instance holds.
func Stripe(t, lanes int, n []int, held [][]int) [][]int {
	sources := make([]striped, len(n))
	for i := range n {
		sources[i] = striped{n[i], held[i]}
	}
	return stripe(t, lanes, sources)
}

// Parsers that are shown to tests.
var (
	ExpandBraces = expandBraces
	ParsePorts   = parsePorts
)

// ExpandPattern parses a pattern over the placeholders that words has, and rack and n,
// and fills it in. It returns what is wrong with the pattern.
func ExpandPattern(text string, words map[string]string, rack string, n int) (string, []Finding) {
	m := &model{fs: newFindings(&source{})}
	known := append(sortedKeys(words), "rack", "n", "index")
	p := m.compilePattern("pattern", text, known)
	return p.expand(&scope{words: words, rack: rack, n: n}), m.fs.sorted()
}
