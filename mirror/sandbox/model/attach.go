package model

import (
	"slices"

	"github.com/diet-project/diet/mirror/sandbox/table"
)

// createdCable makes the terminations: a row for each, an update of the
// interface, and from 4.4 on one more row for the cable.
func createdCable(t *table.Tx, r *table.Record, d *table.Draft) {
	sides := sides(t, d)
	for i, side := range sides {
		for n, e := range side {
			attach(t, r, string("AB"[i]), e, n+1)
		}
	}
	finishCable(t, r, nil)
}

// finishCable saves the cable once more, which dates it and, in most releases,
// logs it, with its terminations as they were before.
func finishCable(t *table.Tx, r *table.Record, before *table.Image) {
	r = t.Slip(r, func(c *table.Record) { c.Updated = t.Tick() })
	if t.Rel.CableLoggedTwice {
		t.Enter("update", r, before, t.Picture(r))
	}
}

// attach terminates a cable at an object.
func attach(t *table.Tx, cable *table.Record, end string, e terminal, connector int) {
	ct := table.NewRecord(t.ByKind["cable-terminations"])
	ct.Set("cable", cable.ID)
	ct.Set("cable_end", end)
	ct.Set("termination_type", e.model.ObjectType())
	ct.Set("termination_id", e.id)
	if p := profileOf(cable); p != nil {
		for _, other := range t.Referring("cable-terminations", "cable", cable.ID) {
			if other.Text("cable_end") == end && other.Get("connector") == int64(connector) {
				panic(table.Crash("IntegrityError", `duplicate key value violates unique constraint "dcim_cabletermination_unique_connector"`))
			}
		}
		ct.Set("connector", int64(connector))
		ct.Set("positions", p[end].list())
	}
	t.Insert(ct)
	if i := t.Find(e.model.Kind, e.id); i != nil {
		t.Change(i, func(c *table.Record) {
			c.Set("cable", cable.ID)
			c.Set("cable_end", end)
			if connector, positions := ct.Get("connector"), ct.Get("positions"); connector != nil {
				c.Set("cable_connector", connector)
				c.Set("cable_positions", positions)
			}
		})
	}
}

// unplug says of a port that it has no cable, and which end it has.
func unplug(t *table.Tx, port *table.Record, end any) {
	port.Set("cable", nil)
	port.Set("cable_end", end)
	if t.Rel.CableProfiles {
		port.Set("cable_connector", nil)
		port.Set("cable_positions", nil)
	}
}

// detach removes one termination, freeing the interface.
func detach(t *table.Tx, ct *table.Record) {
	i := terminated(t.Store, ct)
	if i != nil {
		i = t.Change(i, func(c *table.Record) { unplug(t, c, noEnd(t.Store)) })
	}
	t.Log("delete", ct, nil)
	t.Put(ct.Model, ct.ID, nil)
	if i != nil && t.Rel.CableCleanDates { // the path is cleaned up by saving
		dated := t.Slip(i, func(c *table.Record) { c.Updated = t.Tick() })
		t.Enter("update", dated, t.Picture(i), t.Picture(dated))
	}
}

// noEnd is what an interface's cable_end is without a cable: null from 4.6
// on, and before where there was one.
func noEnd(s *table.Store) any {
	if s.Rel.NoEndIsNull {
		return nil
	}
	return ""
}

// updatedCable moves ends: what is no longer named is freed, what is new is
// attached.
func updatedCable(t *table.Tx, old, r *table.Record, d *table.Draft) {
	fresh := old.Text("profile") != r.Text("profile")
	if len(d.More) == 0 && !fresh {
		return
	}
	sides, before := sides(t, d), t.Picture(r)
	moved := false
	anew := map[string]bool{"A": fresh || renumbered(t, r, "A", sides[0]), "B": fresh || renumbered(t, r, "B", sides[1])}
	for _, ct := range t.Referring("cable-terminations", "cable", r.ID) {
		m := t.ByType[ct.Text("termination_type")]
		side := sides[0]
		if ct.Text("cable_end") == "B" {
			side = sides[1]
		}
		if anew[ct.Text("cable_end")] || !slices.Contains(side, terminal{m, ct.Ref("termination_id")}) {
			detach(t, ct)
			moved = true
		}
	}
	for i, side := range sides {
		present := endsOf(t.Store, r.ID, string("AB"[i]))
		for n, e := range side {
			if !slices.Contains(present, e) {
				attach(t, t.Find("cables", r.ID), string("AB"[i]), e, n+1)
				moved = true
			}
		}
	}
	if moved {
		finishCable(t, t.Find("cables", r.ID), before)
	}
}

// renumbered reports whether something that stays plugged in is listed at another place than
// its number says.
func renumbered(t *table.Tx, cable *table.Record, end string, side []terminal) bool {
	if !t.Rel.ConnectorsRenumbered || profileOf(cable) == nil {
		return false
	}
	return slices.ContainsFunc(t.Referring("cable-terminations", "cable", cable.ID), func(ct *table.Record) bool {
		at := slices.Index(side, terminal{t.ByType[ct.Text("termination_type")], ct.Ref("termination_id")})
		return ct.Text("cable_end") == end && at >= 0 && ct.Get("connector") != int64(at+1)
	})
}

// removedTermination frees the interface of a termination that goes along
// with its cable or its device. Some releases log nothing of it; others save
// the interfaces afterwards, to clean up paths or to say that they are free.
func removedTermination(t *table.Tx, ct *table.Record) {
	i := terminated(t.Store, ct)
	before := t.Picture(i)
	if i != nil {
		t.Slip(i, func(c *table.Record) {
			end := c.Get("cable_end")
			if t.Rel.CableUpdatesEnds {
				end = noEnd(t.Store)
			}
			unplug(t, c, end)
		})
	}
	switch {
	case i != nil && t.Rel.CableCleanDates:
		t.Later = append(t.Later, func() { cleanPath(t, i) })
	case i != nil && t.Rel.CableDeleteSavesEnds:
		t.Later = slices.Insert(t.Later, 0, func() { saveEnd(t, i, before) })
	}
}

// saveEnd saves what lost its cable, if it is still there.
func saveEnd(t *table.Tx, i *table.Record, before *table.Image) {
	if now := t.Find(i.Model.Kind, i.ID); now != nil {
		dated := t.Slip(now, func(c *table.Record) { c.Updated = t.Tick() })
		t.Enter("update", dated, before, t.Picture(dated))
	}
}

// cleanPath saves an interface that lost its cable. 4.4 saved, and logged,
// even one deleted before.
func cleanPath(t *table.Tx, i *table.Record) {
	if now := t.Find(i.Model.Kind, i.ID); now != nil {
		t.Change(now, func(c *table.Record) { c.Set("cable_end", "") })
	} else if t.Rel.CableGhostRows {
		ghost := i.Copy()
		ghost.Set("cable", nil)
		t.Enter("update", ghost, t.Picture(i), t.Picture(ghost))
	}
}

// cableEnds shows a cable's terminations in the changelog.
func cableEnds(s *table.Store, r *table.Record) table.Dict {
	if !s.Rel.CableRowsHoldEnds {
		return nil
	}
	ids := [2][]int64{{}, {}}
	for _, ct := range s.Referring("cable-terminations", "cable", r.ID) {
		at := 0
		if ct.Text("cable_end") == "B" {
			at = 1
		}
		ids[at] = append(ids[at], ct.ID)
	}
	return table.Dict{{"a_terminations", ids[0]}, {"b_terminations", ids[1]}}
}
