package apply

import "github.com/diet-project/diet/engine/change"

// shrinks reports whether a change makes a rack lower: what stands too high in it leaves
// first.
func shrinks(c *change.Change) bool {
	want, wanted := float(wanted(c, "u_height"))
	have, had := float(c.Before.Have["u_height"])
	return wanted && had && want < have
}

func staysAsHigh(c *change.Change) bool { return !shrinks(c) }
