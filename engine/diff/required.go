package diff

import (
	"fmt"

	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/mirror/value"
)

// findRequired reports custom fields that an administrator made required and that
// objects to be written would lack: NetBox would refuse each of them.
func (d *differ) findRequired() error {
	var rows []struct {
		Kind string `db:"kind"`
		Name string `db:"name"`
	}
	if err := d.selectAll(&rows, d.statements.Get("query/custom_field_required")); err != nil {
		return err
	}
	for _, r := range rows {
		var lack []string
		for i := range d.changes {
			if c := &d.changes[i]; c.Kind == r.Kind && lacks(c, "cf."+r.Name) {
				lack = append(lack, c.Object)
			}
		}
		if len(lack) == 0 {
			continue
		}
		d.findings = append(d.findings, change.Notice{
			ID: "required-custom-field", Severity: change.Error, Objects: lack,
			Message: fmt.Sprintf("NetBox requires the custom field %q, and the plan does not set it on %d %ss, "+
				"the first %s: set it in the plan's customFields",
				r.Name, len(lack), d.kinds.Must(r.Kind).Words(), lack[0]),
		})
	}
	return nil
}

// lacks reports whether an object would be written without a value for a field.
func lacks(c *change.Change, field string) bool {
	switch c.Action {
	case change.Create, change.Update, change.Adopt, change.Own:
	default:
		return false
	}
	for _, f := range c.Fields {
		if f.Name == field && !value.Empty(f.Want) {
			return false
		}
	}
	return c.Before == nil || value.Empty(c.Before.Have[field])
}
