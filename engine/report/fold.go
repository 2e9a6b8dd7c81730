package report

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/diet-project/diet/engine/answer"
	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/mirror/kinds"
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
	parts := []string{
		c.Kind, string(c.Action), string(c.Class), c.Source, string(c.Verdict.Decision), c.Verdict.Rule, heldFor(c), waived(c.Verdict),
	}
	if c.Verdict.Decision != change.DecisionApply && c.Held == "" {
		parts = append(parts, answer.Alike(c.Verdict.Message, c)) // what is done for another reason is another line
	}
	if c.Action == change.Create && kind(c).Role == kinds.Shared {
		parts = append(parts, c.Owner)
	}
	if c.GivesBack() {
		for _, f := range c.Fields {
			parts = append(parts, f.Name)
		}
	}
	if c.PerField() {
		for _, f := range c.Fields {
			parts = append(parts, f.Name, string(f.Class), string(f.Verdict.Decision), waived(f.Verdict))
			if f.Class == change.Conflict || f.Verdict.Answer != "" {
				parts = append(parts, f.Verdict.Rule, answer.Alike(f.Verdict.Message, c))
			}
		}
	}
	return strings.Join(parts, "\x00")
}

// waits begins the reason of a change that waits for another one.
const waits = "waits for "

// heldFor is why a change is held; what others wait for is all the same.
func heldFor(c *change.Change) string {
	if strings.HasPrefix(c.Held, waits) {
		return waits
	}
	return c.Held
}

// heldText is why changes are held that read the same.
func heldText(cs []*change.Change) string {
	reasons := map[string]bool{}
	for _, c := range cs {
		reasons[c.Held] = true
	}
	if len(reasons) == 1 {
		return cs[0].Held
	}
	return fmt.Sprintf("%s and %d more", cs[0].Held, len(reasons)-1)
}

// examples names the members of a small group, or the first and last of a large one.
func examples(cs []*change.Change) string {
	names := make([]string, 0, len(cs))
	for _, c := range cs {
		name := label(c)
		if k := kind(c); c.Outcome() == change.Orphan && k.Attached && k.IsOwned() && c.Name != "" && !strings.HasSuffix(name, c.Name) {
			name = fmt.Sprintf("%s (%s)", name, c.Name) // it stays under that name
		}
		names = append(names, name)
	}
	return shortened(names)
}

// shortened is a list of names: of many, the first and the last.
func shortened(names []string) string {
	if len(names) <= 3 {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s, %s … %s", names[0], names[1], names[len(names)-1])
}

// label names an object for people; an attached object with what it is attached to.
func label(c *change.Change) string {
	k := kind(c)
	switch {
	case k.Attached && k.IsOwned():
		if _, rest, planned := strings.Cut(c.Object, "/"); planned {
			return rest
		}
		_, whole, _ := strings.Cut(c.Owner, "/")
		return strings.TrimSpace(whole + " " + cmp.Or(c.Name, c.Object)) // it is none of a plan's, or no longer
	case k.Attached:
		_, whole, _ := strings.Cut(c.Owner, ":")
		return whole + " " + c.Name
	}
	return c.Name
}

// called is how people and diet call an object that differs: a part of another one by both, since
// its own name does not say which that is.
func called(set *change.Set, c *change.Change) string {
	if name := set.Names[c.Kind][c.NetBoxID]; kind(c).Attached && kind(c).IsOwned() {
		if name == "" {
			return label(c)
		}
		return fmt.Sprintf("%s (%s)", label(c), name)
	}
	return c.Name
}

func kind(c *change.Change) kinds.Kind {
	k, _ := kinds.Standard().Of(c.Kind)
	return k
}
