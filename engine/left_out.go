package engine

import (
	"fmt"
	"slices"
	"strings"

	"github.com/diet-project/diet/engine/change"
)

// LeftOutFinding is the id of the findings that say what differs, or is to be undone, and is left
// out because of how an intent is narrowed.
const LeftOutFinding = "left-out"

// leftOut says what differs and is left out: what is not chosen, and what is and needs that.
func (to *aim) leftOut(set *change.Set, x Narrowed, chosen *scope) []change.Notice {
	if len(x.Targets)+len(x.Excluded) == 0 {
		return nil
	}
	var rest []string
	var along companions
	for i := range set.Changes {
		c := &set.Changes[i]
		if chosen.objects[c.Object] || c.Action == change.None || !isOwned(c.Kind) || to.run != "" && c.Undoes == "" {
			continue
		}
		named := slices.ContainsFunc(x.Targets, func(target string) bool { return isTarget(c, target) })
		switch need := chosen.dropped[c.Object]; {
		case need != "" && (named || chosen.dropped[c.With] == ""):
			along.add(c, need)
		case need == "" && (c.With == "" || named):
			rest = append(rest, c.Object)
		}
	}
	out := along.notices()
	if len(rest) > 0 {
		out = append(out, change.Notice{ID: LeftOutFinding, Severity: change.Warning, Message: fmt.Sprintf(
			"left out as --target and --exclude say, though NetBox is not as the plan says: %s", some(rest)), Objects: rest})
	}
	return out
}

// companions are objects that are left out because what they need is: those of one kind that need the same, together.
type companions []company

type company struct {
	kind, need string
	objects    []string
}

func (list *companions) add(c *change.Change, need string) {
	for i := range *list {
		if a := &(*list)[i]; a.kind == c.Kind && a.need == need {
			a.objects = append(a.objects, c.Object)
			return
		}
	}
	*list = append(*list, company{c.Kind, need, []string{c.Object}})
}

// notices name all that is left out along; from some number on, the text leaves that to the list of objects.
func (list companions) notices() []change.Notice {
	const most = 20
	var out []change.Notice
	add := func(objects []string, format string, args ...any) {
		out = append(out, change.Notice{ID: LeftOutFinding, Severity: change.Warning, Message: fmt.Sprintf(format, args...), Objects: objects})
	}
	var more []string
	for i, a := range list {
		switch {
		case i >= most:
			more = append(more, a.objects...)
		case len(a.objects) == 1:
			add(a.objects, "%s %s is left out too, because %s is, without which it is not made, changed or deleted", a.kind, a.objects[0], a.need)
		default:
			add(a.objects, "%s %s are left out too, because %s is, without which they are not made, changed or deleted",
				a.kind, upTo(most, a.objects), a.need)
		}
	}
	if more != nil {
		add(more, "%s are left out too, because what each needs is", upTo(most, more))
	}
	return out
}

// upTo names objects, up to so many.
func upTo(most int, objects []string) string {
	if len(objects) <= most {
		return strings.Join(objects, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(objects[:most], ", "), len(objects)-most)
}
