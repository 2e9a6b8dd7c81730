package engine

import "github.com/diet-project/diet/engine/change"

// isReplaced reports whether a change takes its marks off an object that another one is instead: a
// person picked that one.
func isReplaced(c *change.Change) bool {
	return c.Class == change.Identity && c.Action == change.Delete && len(c.Instead) > 0
}

// holdPicked holds all of it where an object that a person picked cannot be taken over, or where the one
// that it is instead of cannot be let go, and reports whether it held anything: an id is never
// without an object, and no object is half the plan's.
func holdPicked(set *change.Set, at map[string]*change.Change, cause map[string]string) (held bool) {
	hold := func(c, on *change.Change) {
		if c.Acts() && !on.Acts() {
			c.Held, held = "waits for "+on.Object, true
			cause[c.Object] = on.Object
		}
	}
	for i := range set.Changes {
		c := &set.Changes[i]
		if !isReplaced(c) {
			continue
		}
		if picked := at[c.Instead[0]]; picked != nil {
			hold(picked, c)
			hold(c, picked)
		}
	}
	return held
}
