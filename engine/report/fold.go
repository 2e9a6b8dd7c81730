package report

import (
	"fmt"
	"strings"

	"github.com/diet-project/diet/engine/change"
)

// group is a fold of changes that read the same.
type group struct {
	key     string
	changes []*change.Change
}

// fold groups the changes that keep accepts, in order of the set.
func fold(set *change.Set, full bool, keep func(*change.Change) bool) []group {
	var groups []group
	at := map[string]int{}
	for i := range set.Changes {
		c := &set.Changes[i]
		if !keep(c) {
			continue
		}
		k := foldKey(c)
		if full {
			k = c.Kind + c.Object
		}
		j, ok := at[k]
		if !ok {
			j = len(groups)
			at[k] = j
			groups = append(groups, group{key: k})
		}
		groups[j].changes = append(groups[j].changes, c)
	}
	return groups
}

func foldKey(c *change.Change) string {
	parts := []string{c.Kind, string(c.Action), string(c.Class), c.Source, string(c.Verdict.Decision), c.Verdict.Rule}
	if c.Action == change.Create && c.Kind == "interface_template" {
		parts = append(parts, c.Owner)
	}
	if c.PerField() {
		for _, f := range c.Fields {
			parts = append(parts, f.Name, string(f.Class), string(f.Verdict.Decision))
		}
	}
	return strings.Join(parts, "\x00")
}

// examples names the members of a group: all of a few, else the first and the last.
func examples(cs []*change.Change) string {
	names := make([]string, 0, len(cs))
	for _, c := range cs {
		names = append(names, label(c))
	}
	if len(names) <= 3 {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s, %s … %s", names[0], names[1], names[len(names)-1])
}

func label(c *change.Change) string {
	switch c.Kind {
	case "interface", "cable":
		_, rest, _ := strings.Cut(c.Object, "/")
		return rest
	case "interface_template":
		return strings.TrimPrefix(c.Owner, "device_type:") + " " + c.Name
	}
	return c.Name
}
