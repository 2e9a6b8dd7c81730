package diff

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/generate/natural"
	"github.com/diet-project/diet/mirror"
	"github.com/diet-project/diet/mirror/kinds"
)

// HungFinding is the id of the finding about what stays with objects that people took over.
const HungFinding = "stays-with"

// hang notes what the plan no longer wants and what stays with an object that a person took over.
func (d *differ) hang(kind kinds.Kind, rows []orphanRow) {
	for _, r := range rows {
		whole := d.holder(kind, r)
		if !d.alone[whole] || whole == r.Object || change.IsParking(r.Object) {
			continue
		}
		if d.hung[whole] == nil {
			d.hung[whole] = map[string][]orphanRow{}
		}
		d.hung[whole][kind.Name] = append(d.hung[whole][kind.Name], r)
	}
}

// tellHung tells what stays with the objects that people took over and the plan no longer wants, and which
// ports of others that the plan no longer wants something is plugged into from there.
func (d *differ) tellHung() error {
	if len(d.hung) == 0 {
		return nil
	}
	ports := map[place]string{}
	for i := range d.changes {
		if c := &d.changes[i]; c.Class == change.Orphaned && c.With == "" {
			ports[place{c.Kind, c.NetBoxID}] = c.Object
		}
	}
	var objects, told []string
	for _, whole := range slices.SortedFunc(maps.Keys(d.hung), natural.Compare) {
		var counts, free []string
		for _, kind := range d.kinds.Owned() {
			rows := d.hung[whole][kind.Name]
			if len(rows) == 0 {
				continue
			}
			counts = append(counts, counted(len(rows), kind))
			more, err := d.pluggedInto(kind, rows, ports)
			if err != nil {
				return err
			}
			free = append(free, more...)
		}
		text := fmt.Sprintf("%s with %s", whole, strings.Join(counts, " and "))
		if len(free) > 0 {
			text += fmt.Sprintf(" (plugged into %s, which the plan no longer wants either)", listed(free))
		}
		objects, told = append(objects, whole), append(told, text)
	}
	d.findings = append(d.findings, change.Notice{
		ID: HungFinding, Severity: change.Warning, Objects: objects,
		Message: "people took over what the plan no longer wants: it stays as it is, " + listed(told),
	})
	return nil
}

// pluggedInto are those of some ports that cables among orphans are plugged into.
func (d *differ) pluggedInto(kind kinds.Kind, rows []orphanRow, ports map[place]string) (out []string, err error) {
	if len(kind.Ends()) == 0 || len(ports) == 0 {
		return nil, nil
	}
	befores, err := d.readEach(kind.Name, rowsOf(rows, func(r orphanRow) mirror.OwnedRow { return r.OwnedRow }))
	for _, before := range befores {
		for _, plug := range kind.Plugs() {
			for _, id := range change.Plugs(kind.Name, plug, before.Have[plug]) {
				if port := ports[place{change.Refers(kind.Name, plug), id}]; port != "" {
					out = append(out, port)
				}
			}
		}
	}
	slices.SortFunc(out, natural.Compare)
	return slices.Compact(out), err
}

// counted is a number of objects of a kind, in words.
func counted(n int, kind kinds.Kind) string {
	if n == 1 {
		return "1 " + kind.Words()
	}
	return fmt.Sprintf("%d %ss", n, kind.Words())
}

// listed are the first few of some texts, and how many more there are.
func listed(list []string) string {
	const few = 3
	if len(list) > few {
		return fmt.Sprintf("%s, … %d more", strings.Join(list[:few], ", "), len(list)-few)
	}
	return strings.Join(list, ", ")
}
