package engine

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/engine/diff"
	"github.com/diet-project/diet/generate"
)

// renamedIDs are the objects that have another diet id since a run.
type renamedIDs struct {
	back map[string]string // the ids that they get back, by those that they have
	kept map[string]string // those that they do not: what they have is of a later run too, or of another plan
}

// renamedBy finds the objects to which a run gave other ids: they get them back together, unless
// something has such an id by now, or what a later run made goes by the new ones.
func renamedBy(deeds map[string]*deed, now []record, plan string) renamedIDs {
	out := renamedIDs{back: map[string]string{}, kept: map[string]string{}}
	for i := range now {
		d := deeds[now[i].Object]
		switch {
		case d == nil || d.did != change.Update || d.was.Renamed == "" || d.was.Renamed == now[i].Object:
		case strings.HasPrefix(d.was.Renamed, plan+"/"):
			out.back[now[i].Object] = d.was.Renamed
		default:
			out.kept[now[i].Object] = d.was.Renamed
		}
	}
	if out.stands(deeds, now) {
		maps.Copy(out.kept, out.back)
		out.back = map[string]string{}
	}
	return out
}

// stands reports whether anything stands in the way of the ids.
func (r *renamedIDs) stands(deeds map[string]*deed, now []record) bool {
	old, classes := map[string]bool{}, map[string]bool{}
	for id, was := range r.back {
		old[was] = true
		key, _ := renamedKey(id, was)
		classes[key] = true
	}
	for i := range now {
		d := deeds[now[i].Object]
		_, renamed := r.back[now[i].Object]
		later := !renamed && (d == nil || d.did != change.Create && d.did != change.Adopt)
		goesBy := func(key string) bool { return classes[key] }
		if old[now[i].Object] || later && slices.ContainsFunc(keysOf(now[i].Object), goesBy) {
			return true
		}
	}
	for object, d := range deeds {
		if old[object] && (d.did == change.Delete || d.did == change.Orphan) {
			return true
		}
	}
	return false
}

// keysOf are the keys that an object id goes by, with the plan: of its class, of the NIC, zone or link, and, of a
// LAG on a switch, those of the LAG at its other end.
func keysOf(id string) []string {
	class, of, _ := strings.Cut(id, "[")
	if node := generate.NodeLAG(id); node != id {
		return append([]string{class}, keysOf(node)...)
	}
	_, part, _ := strings.Cut(of, "]/")
	if at := strings.IndexAny(part, ".#~"); at >= 0 {
		part = part[:at]
	}
	return []string{class, class + "/" + part}
}

// renamedKey is the key by which an object got another id, and what that was.
func renamedKey(id, was string) (now, before string) {
	keys, old := keysOf(id), keysOf(was)
	for i := range keys {
		if i < len(old) && keys[i] != old[i] {
			return keys[i], old[i]
		}
	}
	return keys[0], old[0]
}

// take has the objects, what the run did to them, and what refers to them, known by the ids that they
// get back. A rollback that has given them back already knows them by those.
func (u *undoing) take(ids renamedIDs, now []record) {
	u.ids = ids
	is := map[string]bool{}
	for i := range now {
		is[now[i].Object] = true
	}
	for _, object := range slices.Sorted(maps.Keys(u.deeds)) {
		d := u.deeds[object]
		to := ids.back[object]
		if to == "" && d.did == change.Update && !is[object] && is[d.was.Renamed] && u.deeds[d.was.Renamed] == nil {
			to = d.was.Renamed
		}
		if to != "" {
			delete(u.deeds, object)
			u.deeds[to] = d
		}
	}
	for i := range now {
		r := &now[i]
		u.called[diff.Place{Kind: r.Kind, ID: r.ID}] = u.idOf(r.Object)
		if to := ids.back[r.Object]; to != "" {
			if class, _ := strings.CutPrefix(keysOf(r.Object)[0], u.plan+"/"); class == r.Source {
				r.Source, _ = strings.CutPrefix(keysOf(to)[0], u.plan+"/")
			}
			u.moved = append(u.moved, generate.Move{From: r.Object, To: to})
			r.Object = to
		}
		r.Owner = u.idOf(r.Owner)
	}
}

// idOf is the id that an object gets back, or has.
func (u *undoing) idOf(object string) string {
	if to := u.ids.back[object]; to != "" {
		return to
	}
	return object
}

// keptIDs say how a plan gets the objects back under the ids of before, where those keep what the run
// gave them: by class.
func (u *undoing) keptIDs() []string {
	moves := map[string]bool{}
	for id, was := range u.ids.kept {
		from, old := renamedKey(id, was)
		plan, to, _ := strings.Cut(old, "/")
		if plan == u.plan {
			from = strings.TrimPrefix(from, plan+"/")
		}
		moves[fmt.Sprintf("{from: %s, to: %s}", from, to)] = true
	}
	return slices.Sorted(maps.Keys(moves))
}
