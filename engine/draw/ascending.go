package draw

// ascending is the sequence that never falls and is nearest to the given one:
// where that falls, its parts are replaced by their means.
func ascending(list []float64) []float64 {
	type part struct {
		mean float64
		n    int
	}
	var parts []part
	for _, x := range list {
		parts = append(parts, part{x, 1})
		for len(parts) > 1 && parts[len(parts)-2].mean > parts[len(parts)-1].mean {
			a, b := parts[len(parts)-2], parts[len(parts)-1]
			n := a.n + b.n
			parts = append(parts[:len(parts)-2], part{(a.mean*float64(a.n) + b.mean*float64(b.n)) / float64(n), n})
		}
	}
	out := make([]float64, 0, len(list))
	for _, p := range parts {
		for range p.n {
			out = append(out, p.mean)
		}
	}
	return out
}
