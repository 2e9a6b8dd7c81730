package report

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/fatih/color"

	"github.com/diet-project/diet/engine"
	"github.com/diet-project/diet/engine/change"
)

// Why implements [Format].
func (t Text) Why(x *engine.Explanation) error {
	x = printable(x)
	fmt.Fprintf(t.W, "%s %s  %s, owned by %s\n", strings.ReplaceAll(x.Kind, "_", " "), t.paint(color.Bold)("%s", x.Object), x.Name, x.Owner)
	if x.Held != "" {
		fmt.Fprintf(t.W, "  held: %s\n", x.Held)
	}
	if x.NotNeeded {
		fmt.Fprintf(t.W, "  not made yet: %s\n", notNeeded)
	}
	for i := range x.Reasons {
		t.reason(x.Kind, &x.Reasons[i])
	}
	return nil
}

func (t Text) reason(kind string, r *engine.Reason) {
	what := "the object as a whole"
	switch {
	case r.Field != "":
		what = r.Field
	case r.Class == change.Run:
		what = "the run as a whole, which holds it"
	}
	fmt.Fprintf(t.W, "\n%s: %s\n", t.paint(color.Bold)("%s", what), FieldMeaning(kind, r.Field, r.Class, r.Base, r.Have))
	if r.Field != "" {
		fmt.Fprintf(t.W, "  diet last applied  %s\n  the plan wants     %s\n  NetBox has         %s%s\n  owner              %s\n",
			sideText(r, "base", r.Base), sideText(r, "want", r.Want), sideText(r, "have", r.Have), blame(r.Blame), r.Owner)
	} else if by := blame(r.Blame); by != "" {
		fmt.Fprintf(t.W, "  changed%s\n", strings.TrimPrefix(by, ","))
	}
	fmt.Fprintf(t.W, "  verdict            %s", t.paint(color.Bold)("%s", string(r.Verdict.Decision)))
	if r.Verdict.Message != "" {
		fmt.Fprintf(t.W, ": %s", r.Verdict.Message)
	}
	fmt.Fprintln(t.W)
	if r.Rule != nil {
		fmt.Fprintf(t.W, "  rule               %s %s, %s:%d\n", r.Rule.Kind, r.Rule.ID, r.Rule.File, r.Rule.Line)
		fmt.Fprintf(t.W, "                     %s\n", r.Rule.Title)
	}
	for _, link := range r.Verdict.Links {
		fmt.Fprintf(t.W, "                     %s\n", link)
	}
	t.read(r)
	for i, c := range r.Commands {
		head := ""
		if i == 0 {
			head = "to change it"
		}
		fmt.Fprintf(t.W, "  %-18s %s\n", head, t.paint(color.FgCyan)("%s", c))
	}
	for i, edit := range r.Edits {
		head := ""
		if i == 0 {
			head = "or edit"
		}
		fmt.Fprintf(t.W, "  %-18s %s\n", head, edit)
	}
}

// sideText is a side of a field: what it is called, where it refers to another object.
func sideText(r *engine.Reason, side string, v any) string {
	if name := r.Names[side]; name != "" {
		return fmt.Sprintf("%q", name)
	}
	return valueText(v)
}

// read lists what the rules looked at.
func (t Text) read(r *engine.Reason) {
	head := "it read"
	for _, key := range slices.Sorted(maps.Keys(r.Read)) {
		switch key {
		case "want", "base", "have", "names", "blame", "field", "class":
			continue // said above
		}
		value, _ := json.Marshal(r.Read[key]) // it was read from JSON
		fmt.Fprintf(t.W, "  %-18s %s = %s\n", head, key, value)
		head = ""
	}
}

// Meaning says in plain words why there is a difference.
func Meaning(c change.Class) string { return cmp.Or(classMeanings[c], string(c)) }

// FieldMeaning is Meaning for a field of a kind, by what diet last applied and what NetBox has.
func FieldMeaning(kind, field string, c change.Class, base, have any) string {
	if change.Emptied(kind, field, c, base, have) {
		return "what it referred to was deleted, and NetBox emptied it"
	}
	if field != "" && c == change.Unmanaged {
		return "the plan sets it at creation only, and NetBox has another value since"
	}
	return Meaning(c)
}

// classMeanings say why there is a difference.
var classMeanings = map[change.Class]string{
	change.Absent: "the plan wants it, and NetBox has never had it", change.Changed: "it is there; each field is decided by itself",
	change.Missing: "somebody deleted it", change.Orphaned: "the plan no longer wants it",
	change.Exists: "something like it is there already", change.Templated: "NetBox made it from a template",
	change.Blocked: "something else has its name or its place", change.Identity: "its owner is unclear",
	change.Shared: "a shared object has another name", change.Unmanaged: "a person took it over",
	change.Planned: "the plan changed, NetBox did not", change.Drift: "NetBox changed, the plan did not",
	change.Converged: "both changed to the same value", change.Conflict: "plan and NetBox differ, and neither is as diet left it",
	change.New: "the plan states it for the first time", change.Agreed: "the plan states it for the first time, and NetBox agrees",
	change.Relinquished: "the plan no longer states it", change.InSync: "plan and NetBox agree",
	change.Released: "a person took the field over", change.Finding: "a shared object differs from the plan",
	change.Parking: "a temporary port of diet's own", change.Run: "nothing of it is written until this is settled",
}
