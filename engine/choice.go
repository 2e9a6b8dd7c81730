package engine

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/generate"
	"github.com/diet-project/diet/mirror/kinds"
)

// ChoiceError lists values that a plan wants but this NetBox does not offer. Nothing has
// been written.
type ChoiceError struct {
	Plan    string
	Unknown []UnknownChoice // by kind, field and value
}

// UnknownChoice is one value that NetBox does not know.
type UnknownChoice struct {
	Kind, Field, Value string
	Objects            int      // how many objects want it
	First              string   // diet id of the first of them
	Known              []string // what NetBox offers, in its order
	Why                string   // of a custom field: what NetBox takes
}

func (e *ChoiceError) Error() string {
	parts := make([]string, len(e.Unknown))
	for i, u := range e.Unknown {
		of := u.First
		if u.Objects > 1 {
			of = fmt.Sprintf("%d objects, the first %s", u.Objects, u.First)
		}
		if u.Why != "" {
			of += "; " + u.Why
		}
		field := u.Field
		if name, custom := strings.CutPrefix(field, "cf."); custom {
			field = "custom field " + name
		}
		parts[i] = fmt.Sprintf("%s %s %q (%s)", strings.ReplaceAll(u.Kind, "_", " "), field, u.Value, of)
	}
	return fmt.Sprintf("plan %q has values that this NetBox does not offer: %s", e.Plan, strings.Join(parts, "; "))
}

// Hint suggests the nearest value that NetBox offers.
func (e *ChoiceError) Hint() string {
	u := e.Unknown[0]
	switch {
	case u.Why != "" && u.Known != nil:
		return fmt.Sprintf("%s: %s, or have an administrator add it to the choices", u.Value, generate.Suggest(u.Value, u.Known))
	case u.Why != "":
		return "state another value in " + generate.CustomFieldsAt(u.Kind)
	}
	return fmt.Sprintf("%s: %s, or have an administrator add it to FIELD_CHOICES", u.Value, generate.Suggest(u.Value, alike(u.Value, u.Known)))
}

// alike returns the known values with the same beginning, up to the first hyphen: people
// mix up interface types of one speed. If there is none, it returns all.
func alike(value string, known []string) []string {
	prefix, _, _ := strings.Cut(value, "-")
	var out []string
	for _, k := range known {
		if strings.HasPrefix(k, prefix+"-") {
			out = append(out, k)
		}
	}
	if out == nil {
		return known
	}
	return out
}

// Offered reports, as a [*ChoiceError], values that a preview would write and NetBox does not offer.
func (e *Engine) Offered(ctx context.Context, p *Preview) error { return e.checkChoices(ctx, p.Set()) }

// checkChoices makes sure that NetBox knows every value that a set would write to a
// field with choices. It sends one request per kind with such fields.
func (e *Engine) checkChoices(ctx context.Context, set *change.Set) error {
	wants := choicesOf(set)
	unknown := &ChoiceError{Plan: set.Plan}
	for _, name := range slices.Sorted(maps.Keys(wants)) {
		choices, err := e.client.Choices(ctx, e.db.Kinds().Must(name))
		if err != nil {
			return fmt.Errorf("read choices: %w", err)
		}
		for _, u := range wants[name] {
			if u.Known = choices[u.Field]; len(u.Known) > 0 && !slices.Contains(u.Known, u.Value) {
				unknown.Unknown = append(unknown.Unknown, *u)
			}
		}
	}
	custom, err := e.checkCustom(ctx, set)
	if err != nil {
		return err
	}
	if unknown.Unknown = append(unknown.Unknown, custom...); len(unknown.Unknown) > 0 {
		return unknown
	}
	return nil
}

// sharedChoices are fields with choices of what is shared and made whole, which the mirror does not hold.
var sharedChoices = []string{"airflow", "feed_leg", "poe_mode", "poe_type", "rf_role", "type", "weight_unit"}

// hasChoices reports whether NetBox has a fixed set of values for a field.
func hasChoices(kind, field string) bool {
	k, _ := kinds.Standard().Of(kind)
	f, mirrored := k.Field(field)
	return f.Type == kinds.Choice || !mirrored && k.Role == kinds.Shared && slices.Contains(sharedChoices, field)
}

// choicesOf lists, by kind, the values that a set would write to fields with choices,
// each once.
func choicesOf(set *change.Set) map[string][]*UnknownChoice {
	wants := map[string][]*UnknownChoice{}
	at := map[[3]string]*UnknownChoice{}
	for i := range set.Changes {
		c := &set.Changes[i]
		if !c.Acts() || c.Action == change.Delete || c.Action == change.Own {
			continue
		}
		for _, f := range c.Fields {
			value, ok := f.Want.(string)
			if !ok || value == "" || !hasChoices(c.Kind, f.Name) {
				continue
			}
			key := [3]string{c.Kind, f.Name, value}
			if at[key] == nil {
				at[key] = &UnknownChoice{Kind: c.Kind, Field: f.Name, Value: value, First: c.Object}
				wants[c.Kind] = append(wants[c.Kind], at[key])
			}
			at[key].Objects++
		}
	}
	return wants
}
