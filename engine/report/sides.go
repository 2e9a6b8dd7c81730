package report

import (
	"fmt"
	"slices"
	"strings"

	"github.com/fatih/color"

	"github.com/diet-project/diet/engine"
	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/mirror/kinds"
)

// mostSides is how many different sides of one field are listed, unless all are asked for.
const mostSides = 10

// allSides writes what a field of changes was, is to be and is, as far as a message does not tell
// it: once for all that are alike.
func (t Text) allSides(set *change.Set, cs []*change.Change, field, message string) {
	of := map[string][]*change.Change{}
	var order []string
	for _, c := range cs {
		i := slices.IndexFunc(c.Fields, func(f change.Field) bool { return f.Name == field })
		if i < 0 || told(message, set, c, &c.Fields[i]) {
			continue
		}
		text := sidesText(set, c, &c.Fields[i])
		if of[text] == nil {
			order = append(order, text)
		}
		of[text] = append(of[text], c)
	}
	for i, text := range order {
		if i == mostSides && !t.Full {
			fmt.Fprintf(t.W, "      … and %d more: --full\n", len(order)-mostSides)
			return
		}
		whose := ""
		if len(of[text]) < len(cs) {
			whose = fmt.Sprintf("   (%s)", examples(of[text]))
		}
		fmt.Fprintf(t.W, "      %s%s\n", text, t.paint(color.Faint)("%s", whose))
	}
}

// sides writes the three values of a field.
func (t Text) sides(set *change.Set, c *change.Change, f *change.Field) {
	fmt.Fprintf(t.W, "      %s\n", sidesText(set, c, f))
}

func sidesText(set *change.Set, c *change.Change, f *change.Field) string {
	applied := ""
	if f.Base != nil {
		applied = "diet applied " + shown(set, c, f.Name, f.Base) + ", "
	}
	return fmt.Sprintf("%s: %sthe plan wants %s, NetBox has %s%s",
		f.Name, applied, shown(set, c, f.Name, f.Want), shown(set, c, f.Name, f.Have), blame(f.Blame))
}

// told reports whether a message tells all about a field: its values, and who set it when.
func told(message string, set *change.Set, c *change.Change, f *change.Field) bool {
	texts := []string{shown(set, c, f.Name, f.Want), shown(set, c, f.Name, f.Have)}
	if f.Base != nil {
		texts = append(texts, shown(set, c, f.Name, f.Base))
	}
	if b := f.Blame; b != nil && b.Actor != change.ActorUnknown && b.User != "" {
		texts = append(texts, b.User, b.Time[:min(len(b.Time), len("2006-01-02T15:04"))])
	}
	return !slices.ContainsFunc(texts, func(text string) bool { return !strings.Contains(message, text) })
}

// ofUnmanaged is what the object of an edit is called: a part of another one by its diet id too,
// since its own name does not say which that is.
func ofUnmanaged(u *engine.Unmanaged) string {
	if k, _ := kinds.Standard().Of(u.Kind); !k.Attached || u.Object == "" {
		return u.Name
	}
	_, rest, _ := strings.Cut(u.Object, "/")
	if u.Name == "" || u.Name == u.Object {
		return rest
	}
	return fmt.Sprintf("%s (%s)", rest, u.Name)
}
