package engine

import "github.com/diet-project/diet/engine/policy"

// Seen is what the policies saw when they decided about a preview.
func (p *Preview) Seen() []policy.Input {
	out := make([]policy.Input, 0, len(p.log.order))
	for _, place := range p.log.order {
		out = append(out, p.log.rows[place].input)
	}
	return out
}
