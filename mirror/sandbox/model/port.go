package model

import (
	"github.com/diet-project/diet/mirror/sandbox/table"
)

// portFields are those of everything that takes a cable.
var portFields = fields{
	"cable": both(to("cables", forget), readOnly), "cable_end": both(is(table.Text), null, readOnly),
	"link_peers": calc(linkPeers), "link_peers_type": calc(linkPeersType),
	"connected_endpoints": calc(endpoints), "connected_endpoints_type": calc(linkPeersType),
	"connected_endpoints_reachable": calc(reachable),
	"_occupied": calc(func(e *table.Encoder,
		r *table.Record) {
		e.Value(r.Ref("cable") != 0 || r.Flag("mark_connected"))
	}),
}

// portChildren is what goes with a port, beyond what is assigned to it: its end
// of a cable.
func portChildren(t *table.Tx, r *table.Record) []*table.Record {
	key := table.AssignedKey(r.Model.ObjectType(), r.ID)
	return t.All("cable-terminations", t.Tables["cable-terminations"].Texts["termination"][key])
}

// holder is what a port belongs to.
func holder(s *table.Store, r *table.Record) *table.Record {
	for _, name := range []string{"device", "circuit", "power_panel"} {
		if o := s.To(r, name); o != nil {
			return o
		}
	}
	return r
}

// peers are the interfaces at the other end of an interface's cable.
func peers(s *table.Store, r *table.Record) []*table.Record {
	cable := s.To(r, "cable")
	if cable == nil {
		return nil
	}
	var own *table.Record
	var others []*table.Record
	for _, ct := range byConnector(s, cable.ID) {
		switch {
		case ct.Text("cable_end") != r.Text("cable_end"):
			others = append(others, ct)
		case ct.Text("termination_type") == r.Model.ObjectType() && ct.Ref("termination_id") == r.ID:
			own = ct
		}
	}
	var found []*table.Record
	for _, ct := range mapped(cable, own, others) {
		if i := terminated(s, ct); i != nil {
			found = append(found, i)
		}
	}
	return found
}

func linkPeers(e *table.Encoder, r *table.Record) {
	e.Each(peers(e.Store, r), func(p *table.Record) { e.Embed(p, nil) })
}

func linkPeersType(e *table.Encoder, r *table.Record) {
	if peers := peers(e.Store, r); len(peers) > 0 {
		e.Value(peers[0].Model.ObjectType())
		return
	}
	e.Raw("null")
}

// endpoints is what lies at the end of the path; without patch panels that is
// the peer.
func endpoints(e *table.Encoder, r *table.Record) {
	if r.Ref("cable") == 0 || len(peers(e.Store, r)) == 0 {
		e.Raw("null")
		return
	}
	linkPeers(e, r)
}

func reachable(e *table.Encoder, r *table.Record) {
	cable := e.Store.To(r, "cable")
	switch {
	case cable != nil && len(peers(e.Store, r)) > 0:
		e.Value(cable.Text("status") == "connected")
	case e.Store.Rel.UnreachableIsFalse || cable != nil:
		e.Value(false)
	default:
		e.Raw("null")
	}
}

// trace follows a port's cable.
func trace(e *table.Encoder, r *table.Record, _ int) any {
	cable := e.Store.To(r, "cable")
	if cable == nil {
		return []any{}
	}
	e.Raw("[[")
	e.Each(endRecords(e.Store, cable.ID, r.Text("cable_end")), func(i *table.Record) { e.Embed(i, nil) })
	e.Raw(",")
	e.Value(table.Dict{
		{"id", cable.ID},
		{"url", e.Base + e.Store.URLOf(cable)},
		{"display_url", e.Base + table.Browse(cable)},
		{"type", nullIfEmpty(cable.Get("type"))},
		{"status", cable.Get("status")},
		{"label", cable.Get("label")},
		{"color", cable.Get("color")},
		{"length", cable.Get("length")},
		{"length_unit", cable.Get("length_unit")},
		{"description", cable.Get("description")},
	})
	e.Raw(",")
	e.Each(peers(e.Store, r), func(i *table.Record) { e.Embed(i, nil) })
	e.Raw("]]")
	return table.Raw(e.Bytes)
}

func nullIfEmpty(v any) any {
	if v == "" {
		return nil
	}
	return v
}
