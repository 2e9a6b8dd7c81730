package engine

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"github.com/diet-project/diet/engine/diff"
	"github.com/diet-project/diet/engine/survey"
	"github.com/diet-project/diet/generate"
	"github.com/diet-project/diet/mirror/value"
)

// cablesOf are the cables between devices, and between them and power feeds.
func (e *Engine) cablesOf(ctx context.Context, devices []int64) ([]survey.Cable, error) {
	slices.Sort(devices)
	list, err := value.Encode(devices)
	if err != nil {
		return nil, err
	}
	var out []survey.Cable
	for _, statement := range []string{"query/cable_between", "query/cable_broken_out", "query/cable_supplied"} {
		var rows []survey.Cable
		if err := e.selectAll(ctx, &rows, statement, sql.Named("devices", list)); err != nil {
			return nil, err
		}
		out = append(out, rows...)
	}
	return out, nil
}

// cabled finds what ports of a plan are plugged into, by object ids both, where people said
// which objects of NetBox their devices are.
func (e *Engine) cabled(ctx context.Context, plan *generate.Plan, topo *generate.Topology, mapped mapping) (map[string]string, error) {
	by := map[diff.Place]string{}
	var ids []int64
	for object, at := range mapped {
		if by[at] = object; at.Kind == "device" {
			ids = append(ids, at.ID)
		}
	}
	rows, err := e.cablesOf(ctx, ids)
	if err != nil {
		return nil, err
	}
	ports, feeds := generate.PortIDs(plan), topo.Feeds()
	port := func(kind string, id, on int64, name string) string {
		if object := by[diff.Place{Kind: kind, ID: id}]; object != "" {
			return object
		}
		if kind == "power_feed" {
			return feeds[by[diff.Place{Kind: "rack", ID: on}]][name]
		}
		object := by[diff.Place{Kind: "device", ID: on}]
		if at := ports[generate.ClassOf(object)][generate.PortName{Kind: kind, Name: name}]; at != "" {
			return object + "/" + at
		}
		return ""
	}
	out := make(map[string]string, 2*len(rows))
	for _, r := range rows {
		if a, b := port(r.AKind, r.A, r.ADevice, r.AName), port(r.BKind, r.B, r.BDevice, r.BName); a != "" && b != "" {
			if r.Plug > 0 {
				a = strings.TrimSuffix(a, ":1") + fmt.Sprintf(":%d", r.Plug) // a port may be called as its first lane
			}
			out[a], out[b] = b, a
		}
	}
	return out, nil
}
