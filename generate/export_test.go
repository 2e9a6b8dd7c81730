package generate

// Stripe gives tests the striping of uplinks: t instances, and for each source
// its uplinks and how many each instance holds.
func Stripe(t int, n []int, held [][]int) [][]int {
	sources := make([]striped, len(n))
	for i := range n {
		sources[i] = striped{n[i], held[i]}
	}
	return stripe(t, sources)
}

// NaturalCompare and ExpandBraces are shown to tests.
var (
	NaturalCompare = naturalCompare
	ExpandBraces   = expandBraces
	ParsePorts     = parsePorts
)
