package diff

import (
	"database/sql"
	"slices"

	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/mirror/kinds"
	"github.com/diet-project/diet/mirror/value"
)

// templateLabels are the labels that the templates of some objects give them, by NetBox id.
func (d *differ) templateLabels(kind kinds.Kind, objects []orphanRow) (map[int64]string, error) {
	if kind.Templates == "" {
		return nil, nil
	}
	ids := make([]int64, len(objects))
	for i := range objects {
		ids[i] = objects[i].ID
	}
	list, err := value.Encode(ids)
	if err != nil {
		return nil, err
	}
	var rows []struct {
		ID    int64
		Label string
	}
	if err := d.selectAll(&rows, d.statements.For("query/templated", kind), sql.Named("ids", list)); err != nil {
		return nil, err
	}
	out := make(map[int64]string, len(rows))
	for _, r := range rows {
		out[r.ID] = r.Label
	}
	return out, nil
}

// leaveLabel takes out of what others wrote on an object the label that its template gives it, unless the changelog
// knows of somebody who typed just that.
func (d *differ) leaveLabel(c *change.Change, labels map[int64]string) error {
	at := slices.IndexFunc(c.Edited, func(r change.Reference) bool {
		return r.Kind == "label" && labels[c.NetBoxID] != "" && r.Value == labels[c.NetBoxID]
	})
	if at < 0 {
		return nil
	}
	last, err := d.touched(c.Kind, c.NetBoxID, c.Edited[at].Kind)
	if err != nil || last.Typed(c.Edited[at].Value) {
		return err
	}
	c.Edited = slices.Delete(c.Edited, at, at+1)
	return nil
}
