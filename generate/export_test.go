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
