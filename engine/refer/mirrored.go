package refer

import (
	"cmp"
	"database/sql"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strconv"

	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/mirror"
	"github.com/diet-project/diet/mirror/kinds"
	"github.com/diet-project/diet/mirror/value"
	sqlfile "github.com/diet-project/diet/sql"
)

// referrerRow is an object that refers to a doomed one.
type referrerRow struct {
	Target int64  `db:"target"`
	ID     int64  `db:"id"`
	Name   string `db:"name"`
	Plan   string `db:"plan"`
	Object string `db:"object"` // its diet id
}

// mirrored finds what refers to objects of a kind in the mirror. Parts belong to the
// whole and are looked into as well: an IP address on an interface depends on the
// device.
func (w *walk) mirrored(kind kinds.Kind) error {
	ids, err := encodeIDs(w.ids(kind))
	if err != nil {
		return err
	}
	for _, ref := range w.kinds.Referrers(kind) {
		if ref.Field.Name == ref.Kind.StandsFor {
			continue // a cable's own terminations
		}
		if slices.Contains(w.unseen, ref.Kind.Name) {
			w.doubt(kind, unviewable(ref.Kind))
			continue
		}
		var rows []referrerRow
		st := w.DB.Statements().ForField("query/referrer", ref.Kind, ref.Field)
		if err := w.selectAll(&rows, st, sql.Named("ids", ids), sql.Named("type", kind.ObjectType)); err != nil {
			return err
		}
		if isPart(ref) {
			if err := w.parts(kind, ref.Kind, rows); err != nil {
				return err
			}
			continue
		}
		guarded, err := w.guarded(ref, rows)
		if err != nil {
			return err
		}
		counted := cmp.Or(ref.Kind.Refers(ref.Kind.StandsFor), ref.Kind.Name)
		for _, r := range rows {
			w.count(Object{kind.Name, r.Target}, ref.Kind.Name)
			if w.owns(r.Plan, counted, r.ID) {
				w.tie(kind, ref, r)
				continue
			}
			dies := len(w.roots[ref.Kind.Name][r.ID]) > 0
			found := change.Reference{
				Kind: counted, ID: r.ID, Name: r.Name, Prevents: ref.Field.OnDelete == kinds.Protect && !dies, Clears: cleared(ref),
			}
			w.add(found, w.roots[kind.Name][r.Target], guarded[r.ID])
		}
	}
	return nil
}

// tie records that an object of the plan refers to one that is looked into.
func (w *walk) tie(kind kinds.Kind, ref kinds.Referrer, r referrerRow) {
	counted := cmp.Or(ref.Kind.Refers(ref.Kind.StandsFor), ref.Kind.Name)
	for _, root := range w.roots[kind.Name][r.Target] {
		w.out[root].Ties = append(w.out[root].Ties, Tie{
			By: Object{counted, r.ID}, Name: r.Object, To: Object{kind.Name, r.Target}, Field: ref.Field.Name,
			Prevents: ref.Field.OnDelete == kinds.Protect, Clears: ref.Field.OnDelete == kinds.SetNull,
		})
	}
}

// cleared is the field by which objects refer, if NetBox only empties it.
func cleared(ref kinds.Referrer) string {
	if ref.Field.OnDelete == kinds.SetNull {
		return ref.Field.Name
	}
	return ""
}

// guarded returns which of some objects that would be deleted along are protected, where
// somebody assigned that custom field to a kind whose values the mirror does not hold.
func (w *walk) guarded(ref kinds.Referrer, rows []referrerRow) (map[int64]bool, error) {
	out := map[int64]bool{}
	if w.NetBox == nil || len(rows) == 0 || ref.Kind.IsOwned() || ref.Field.OnDelete != kinds.Cascade {
		return out, nil
	}
	var bearers []string
	if err := w.selectAll(&bearers, w.DB.Statements().Get("query/custom_field_bearer"), sql.Named("field", protection)); err != nil {
		return nil, err
	}
	if !slices.Contains(bearers, ref.Kind.ObjectType) {
		return out, nil
	}
	for part := range slices.Chunk(rows, perPage) {
		query := url.Values{"fields": {"id,custom_fields"}}
		for _, r := range part {
			query.Add("id", strconv.FormatInt(r.ID, 10))
		}
		found, err := w.pages(ref.Kind, query)
		if err != nil {
			return nil, err
		}
		for _, row := range found {
			out[idOf(row)] = protects(row)
		}
	}
	return out, nil
}

// partRow is a part of a doomed object.
type partRow struct {
	ID        int64  `db:"id"`
	Name      string `db:"name"`
	Plan      string `db:"plan"`
	Managed   bool   `db:"managed"`
	Protected bool   `db:"protected"`
	Doc       string `db:"doc"`
}

// parts adds the parts of doomed objects to what is looked into. One that is not the
// plan's counts itself, unless NetBox made it from a template and nobody wrote on it.
func (w *walk) parts(whole, kind kinds.Kind, rows []referrerRow) error {
	holder := map[int64]int64{}
	for _, r := range rows {
		holder[r.ID] = r.Target
		w.addRoots(kind.Name, r.ID, w.roots[whole.Name][r.Target])
		w.count(Object{whole.Name, r.Target}, kind.Name)
	}
	if len(rows) == 0 || !kind.IsOwned() {
		return nil
	}
	ids, err := encodeIDs(w.ids(kind))
	if err != nil {
		return err
	}
	var parts []partRow
	if err := w.selectAll(&parts, w.DB.Statements().For("query/owned_part", kind), sql.Named("ids", ids)); err != nil {
		return err
	}
	templated, err := w.templated(kind, ids)
	if err != nil {
		return err
	}
	var strange []partRow
	for _, p := range parts {
		if came, label, err := cameAlong(kind, p); err != nil {
			return err
		} else if came {
			templated[p.ID] = label
		}
		if w.owns(p.Plan, kind.Name, p.ID) && p.Managed {
			w.protect(w.roots[whole.Name][holder[p.ID]], p.Protected)
		} else {
			strange = append(strange, p)
		}
	}
	mine, err := w.written(kind, strange, templated)
	if err != nil {
		return err
	}
	for _, p := range strange {
		if _, made := templated[p.ID]; made && !mine[p.ID] && p.Plan == "" && !p.Protected {
			continue
		}
		w.add(change.Reference{Kind: kind.Name, ID: p.ID, Name: p.Name}, w.roots[whole.Name][holder[p.ID]], p.Protected)
	}
	return nil
}

// cameAlong reports whether a part came with another part, which counts instead, and its label.
func cameAlong(kind kinds.Kind, p partRow) (bool, string, error) {
	doc, err := value.DecodeObject([]byte(p.Doc))
	if err != nil {
		return false, "", fmt.Errorf("read %s %d: %w", kind.Name, p.ID, err)
	}
	for _, f := range kind.Fields {
		if _, with := value.ID(doc[f.Name]); with && kind.CameWith(f) {
			label, _ := doc["label"].(string)
			return true, label, nil
		}
	}
	return false, "", nil
}

// count records that one more object of a kind refers to an object, or is a part of it.
func (w *walk) count(whole Object, kind string) {
	if w.seen[whole] == nil {
		w.seen[whole] = map[string]int{}
	}
	w.seen[whole][kind]++
}

// templated returns those of the ids whose name is in the templates of their kind, with the label
// that the template gave them.
func (w *walk) templated(kind kinds.Kind, ids string) (map[int64]string, error) {
	if kind.Templates == "" {
		return nil, nil
	}
	var rows []struct {
		ID    int64
		Label string
	}
	if err := w.selectAll(&rows, w.DB.Statements().For("query/templated", kind), sql.Named("ids", ids)); err != nil {
		return nil, err
	}
	out := make(map[int64]string, len(rows))
	for _, r := range rows {
		out[r.ID] = r.Label
	}
	return out, nil
}

// written returns the parts on which somebody wrote; labels are those of their templates, which are nobody's unless
// somebody typed just that.
func (w *walk) written(kind kinds.Kind, parts []partRow, labels map[int64]string) (map[int64]bool, error) {
	var asked, values []any
	given := map[int]bool{} // by place in asked: it is as the template has it
	for _, p := range parts {
		doc, err := value.DecodeObject([]byte(p.Doc))
		if err != nil {
			return nil, fmt.Errorf("read %s %d: %w", kind.Name, p.ID, err)
		}
		for _, name := range slices.Sorted(maps.Keys(doc)) {
			v := doc[name]
			if holds(v) && kind.IsPersonal(name) {
				given[len(asked)] = name == "label" && v == labels[p.ID]
				asked = append(asked, []any{kind.ObjectType, p.ID, name})
				values = append(values, v)
			}
		}
	}
	rows, err := w.touched(asked)
	if err != nil {
		return nil, err
	}
	known := map[int]touchedRow{}
	for _, r := range rows {
		known[r.At] = r
	}
	out := map[int64]bool{}
	for i, q := range asked {
		r, is := known[i]
		diets := is && r.Actor == change.ActorDiet && r.Explains(values[i])
		if typed := is && r.Typed(values[i]); given[i] && typed || !given[i] && !diets {
			out[q.([]any)[1].(int64)] = true
		}
	}
	return out, nil
}

// touchedRow is who last touched one of the fields that are asked about, by its place among them.
type touchedRow struct {
	At int `db:"at"`
	mirror.Touched
}

// touched returns who last touched fields, as far as the changelog knows: each question is an object type, an id
// and a field.
func (w *walk) touched(asked []any) (rows []touchedRow, err error) {
	if len(asked) == 0 {
		return nil, nil
	}
	list, err := value.Encode(asked)
	if err != nil {
		return nil, err
	}
	return rows, w.selectAll(&rows, w.DB.Statements().Get("query/blame_field_each"), sql.Named("asked", list))
}

// writers adds who wrote what others wrote in fields that the mirror does not hold, as far
// as the changelog knows.
func (w *walk) writers() error {
	var asked []any
	var about []*change.Reference
	for o, j := range w.out {
		kind, _ := w.kinds.Of(o.Kind)
		for i := range j.Edited {
			asked = append(asked, []any{kind.ObjectType, o.ID, j.Edited[i].Kind})
			about = append(about, &j.Edited[i])
			j.Edited[i].Blame = &change.Blame{Actor: change.ActorUnknown}
		}
	}
	rows, err := w.touched(asked)
	if err != nil {
		return err
	}
	for _, r := range rows {
		about[r.At].Blame = &change.Blame{Actor: r.Actor, User: r.User, Time: r.Time, Message: r.Message}
	}
	return nil
}

// created returns who made what was found, as far as the changelog knows.
func (w *walk) created() (map[Object]*change.Blame, error) {
	var objects []any
	kindOf := map[string]string{}
	asked := map[Object]bool{}
	for _, found := range w.found {
		for o := range maps.Keys(found) {
			kind, known := w.kinds.Of(o.Kind)
			if known && !asked[o] {
				asked[o], kindOf[kind.ObjectType] = true, o.Kind
				objects = append(objects, []any{kind.ObjectType, o.ID})
			}
		}
	}
	list, err := value.Encode(objects)
	if err != nil || objects == nil {
		return nil, err
	}
	var rows []struct {
		ObjectType string `db:"object_type"`
		ID         int64  `db:"id"`
		change.Blame
	}
	if err := w.selectAll(&rows, w.DB.Statements().Get("query/blame_created_each"), sql.Named("objects", list)); err != nil {
		return nil, err
	}
	out := make(map[Object]*change.Blame, len(rows))
	for i := range rows {
		out[Object{kindOf[rows[i].ObjectType], rows[i].ID}] = &rows[i].Blame
	}
	return out, nil
}

func (w *walk) selectAll(dest any, st sqlfile.Statement, args ...any) error {
	if err := w.DB.SQL().SelectContext(w.ctx, dest, st.Text, args...); err != nil {
		return fmt.Errorf("run %s: %w", st.Name, err)
	}
	return nil
}

// encodeIDs makes the JSON array that statements take as :ids.
func encodeIDs(ids []int64) (string, error) {
	list := make([]any, len(ids))
	for i, id := range ids {
		list[i] = id
	}
	return value.Encode(list)
}
