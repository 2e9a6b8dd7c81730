package sandbox

// choice is one value of a choice field with its label; since and until bound
// the releases that know it (until excludes, 0 is open).
type choice struct {
	value, label string
	since, until int
}

type choices []choice

// in keeps the choices of one release, by value.
func (c choices) in(rel release) map[string]string {
	labels := make(map[string]string, len(c))
	for _, x := range c {
		if rel.has(x.since, x.until) {
			labels[x.value] = x.label
		}
	}
	return labels
}
