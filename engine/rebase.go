package engine

import (
	"slices"

	"github.com/diet-project/diet/engine/change"
)

// records leaves, of changes, what is written into diet's own records of objects that are as
// the plan says, and the questions whose an object is.
func records(changes []change.Change) []change.Change {
	var out []change.Change
	for _, c := range changes {
		if c.Class == change.Changed {
			c.Fields = slices.DeleteFunc(slices.Clone(c.Fields), func(f change.Field) bool { return f.Class != change.Converged })
			c.Action, c.Needs = change.Own, nil
		}
		if c.Class == change.Identity || c.Class == change.Changed && len(c.Fields) > 0 {
			out = append(out, c)
		}
	}
	return out
}
