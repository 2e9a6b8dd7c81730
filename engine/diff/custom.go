package diff

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/generate"
	"github.com/diet-project/diet/mirror/value"
)

// CustomField is a custom field that objects of a kind have in NetBox.
type CustomField struct {
	Kind     string `db:"kind"`
	Name     string `db:"name"`
	Type     string `db:"type"`
	Required bool   `db:"required"`
	Owned    bool   `db:"owned"`
}

// findCustom reports what NetBox would refuse of the custom fields of objects to be written: one
// that an administrator made required and that they would lack, one that it does not have, and a
// value of another type.
func (d *differ) findCustom() error {
	var rows []CustomField
	if err := d.selectAll(&rows, d.statements.Get("query/custom_field_owned")); err != nil {
		return err
	}
	known := map[key]CustomField{}
	for _, r := range rows {
		known[key{r.Kind, r.Name}] = r
		if r.Required {
			d.findRequired(r)
		}
	}
	d.findRefused(known)
	return nil
}

func (d *differ) findRequired(r CustomField) {
	var lack []string
	for i := range d.changes {
		if c := &d.changes[i]; c.Kind == r.Kind && lacks(c, "cf."+r.Name) {
			lack = append(lack, c.Object)
		}
	}
	if len(lack) == 0 {
		return
	}
	kind := d.kinds.Must(r.Kind)
	lacking := fmt.Sprintf("the plan does not set it on %d of them, the first %s: state it in %s",
		len(lack), lack[0], generate.CustomFieldsAt(r.Kind))
	if !r.Owned {
		lacking = fmt.Sprintf("diet would make %d without it, the first %s: make them in NetBox, with that field; diet takes what is there",
			len(lack), strings.TrimPrefix(lack[0], r.Kind+":"))
	}
	d.findings = append(d.findings, change.Notice{
		ID: "required-custom-field", Severity: change.Error, Objects: lack,
		Message: fmt.Sprintf("NetBox requires the custom field %q of %ss, and %s", r.Name, kind.Words(), lacking),
	})
}

// lacks reports whether an object would be written without a value for a field.
func lacks(c *change.Change, field string) bool {
	if !touches(c) {
		return false
	}
	for _, f := range c.Fields {
		if f.Name == field && !value.Empty(f.Want) {
			return false
		}
	}
	return c.Before == nil || value.Empty(c.Before.Have[field])
}

func touches(c *change.Change) bool {
	return slices.Contains([]change.Action{change.Create, change.Update, change.Adopt, change.Own}, c.Action)
}

// refusedField is a custom field that NetBox would not take, and why.
type refusedField struct{ kind, name, why string }

// findRefused reports stated custom fields that NetBox does not have, or whose value it would refuse.
func (d *differ) findRefused(known map[key]CustomField) {
	found := map[refusedField][]string{}
	for i := range d.changes {
		c := &d.changes[i]
		for _, f := range c.Fields {
			name, custom := strings.CutPrefix(f.Name, "cf.")
			planned := c.Action == change.Create || f.Class == change.Planned || f.Class == change.New
			if !custom || !planned || !touches(c) || value.Empty(f.Want) {
				continue // what is neither is written where a person says so, or never
			}
			field, there := known[key{c.Kind, name}]
			why := "NetBox has no custom field of that name for them: create it there, or check its spelling"
			if there {
				why = misfit(field.Type, f.Want)
			}
			if why != "" {
				r := refusedField{c.Kind, name, why}
				found[r] = append(found[r], c.Object)
			}
		}
	}
	order := func(a, b refusedField) int {
		return strings.Compare(a.kind+" "+a.name+" "+a.why, b.kind+" "+b.name+" "+b.why)
	}
	for _, r := range slices.SortedFunc(maps.Keys(found), order) {
		d.findings = append(d.findings, change.Notice{
			ID: "custom-field-refused", Severity: change.Error, Objects: found[r],
			Message: fmt.Sprintf("the plan states the custom field %q of %ss, in %d of them, the first %s: %s",
				r.name, d.kinds.Must(r.kind).Words(), len(found[r]), found[r][0], r.why),
		})
	}
}

// misfit says why NetBox would not take a value for a custom field of a type; "" where it would.
func misfit(kind string, v any) string {
	fits, wants := true, ""
	switch kind {
	case "text", "longtext", "url", "select":
		_, fits = v.(string)
		wants = "a text"
	case "date":
		text, _ := v.(string)
		_, err := time.Parse(time.DateOnly, text)
		fits, wants = err == nil, "a date such as 2030-01-31"
	case "integer":
		_, fits = v.(int64)
		wants = "a whole number"
	case "decimal":
		_, whole := v.(int64)
		_, broken := v.(float64)
		fits, wants = whole || broken, "a number"
	case "boolean":
		_, fits = v.(bool)
		wants = "true or false"
	case "multiselect", "multiobject":
		_, fits = v.([]any)
		wants = "a list"
	}
	if fits {
		return ""
	}
	text, err := value.Encode(v)
	if err != nil {
		text = fmt.Sprint(v)
	}
	return fmt.Sprintf("it takes %s, not %s", wants, text)
}
