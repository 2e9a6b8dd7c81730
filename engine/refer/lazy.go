package refer

import (
	"database/sql"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strconv"

	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/mirror/kinds"
)

// lazy finds what refers to objects of a kind among the kinds that are only read when
// needed.
func (w *walk) lazy(kind kinds.Kind) error {
	if w.NetBox == nil {
		return nil
	}
	for _, ref := range w.kinds.LazyReferrers(kind) {
		if t := w.tables[ref.Kind.Name]; t != nil && t.unknown != "" {
			w.doubt(kind, t.unknown)
			continue
		}
		rows, err := w.read(ref, kind, w.ids(kind))
		if why := unreadable(ref.Kind, err); why != "" {
			w.doubt(kind, why)
			continue
		}
		if err != nil {
			return err
		}
		if err := w.addRows(kind, ref, rows); err != nil {
			return err
		}
	}
	return nil
}

// addRows adds the rows that refer to the objects to look into.
func (w *walk) addRows(kind kinds.Kind, ref kinds.Referrer, rows []map[string]any) error {
	part := isPart(ref)
	for _, row := range rows {
		target := referred(row, ref.Field, kind)
		roots := w.roots[kind.Name][target]
		id := idOf(row)
		if len(roots) == 0 || id == 0 {
			continue
		}
		w.count(Object{kind.Name, target}, ref.Kind.Name)
		if part {
			w.addRoots(ref.Kind.Name, id, roots)
			bare, err := w.bare(kind, ref.Kind, target, row)
			if err != nil {
				return err
			}
			if bare {
				continue
			}
		}
		found := change.Reference{
			Kind: ref.Kind.Name, ID: id, Name: name(row, id), Prevents: ref.Field.OnDelete == kinds.Protect, Clears: cleared(ref),
		}
		w.add(found, roots, protects(row))
	}
	return nil
}

func name(row map[string]any, id int64) string {
	if text, ok := row["display"].(string); ok && text != "" {
		return text
	}
	return fmt.Sprintf("#%d", id)
}

func protects(row map[string]any) bool {
	fields, _ := row["custom_fields"].(map[string]any)
	return fields[protection] == true
}

// bare reports whether a part is as NetBox made it, from a template or with a module,
// and nobody wrote on it.
func (w *walk) bare(whole, kind kinds.Kind, holder int64, row map[string]any) (bool, error) {
	made, labelled, err := w.made(whole, kind, holder, row)
	if err != nil || !made {
		return false, err
	}
	for _, f := range kind.Fields {
		switch v := row[f.Name]; {
		case f.Name == "label" && v == labelled:
		case f.Personal && holds(v):
			return false, nil
		case f.Type == kinds.Tags && holds(v), f.Type == kinds.Custom && written(v):
			return false, nil
		}
	}
	return true, nil
}

// written reports whether any custom field has a value.
func written(v any) bool {
	fields, _ := v.(map[string]any)
	return slices.ContainsFunc(slices.Collect(maps.Values(fields)), func(v any) bool { return holds(v) && v != false })
}

// made reports whether NetBox made a part along with its parent, and with which label.
func (w *walk) made(whole, kind kinds.Kind, holder int64, row map[string]any) (bool, any, error) {
	for _, f := range kind.Fields {
		if kind.CameWith(f) && idOf(row[f.Name]) != 0 {
			return true, row["label"], nil // it came with another part, and that one counts
		}
	}
	names, err := w.templatesOf(whole, kind, holder)
	if err != nil {
		return false, nil, err
	}
	text, _ := row["name"].(string)
	label, ok := names[text]
	return ok, label, nil
}

// templatesOf returns the templates that the parts of an object are made from: their
// labels by name. Those of a type are read once.
func (w *walk) templatesOf(whole, kind kinds.Kind, holder int64) (map[string]string, error) {
	templates, ok := w.kinds.Of(kind.Templates)
	if !ok {
		return nil, nil
	}
	field, byType := typeField(whole, templates)
	if field.Name == "" {
		return nil, nil
	}
	types, err := w.typesOf(whole, field)
	if err != nil {
		return nil, err
	}
	of, ok := types[holder]
	if !ok {
		return nil, nil
	}
	known := w.templates[templates.Name]
	if known == nil {
		known = map[int64]map[string]string{}
		w.templates[templates.Name] = known
	}
	if _, read := known[of]; !read {
		if known[of], err = w.readTemplates(templates, byType, of); err != nil {
			return nil, err
		}
	}
	return known[of], nil
}

// typesOf are what all objects of a kind that are looked into refer to by a field, read once:
// all of them are known before what is in them is looked into.
func (w *walk) typesOf(whole kinds.Kind, field kinds.Field) (map[int64]int64, error) {
	key := whole.Name + " " + field.Name
	if known, ok := w.typed[key]; ok {
		return known, nil
	}
	ids, err := encodeIDs(w.ids(whole))
	if err != nil {
		return nil, err
	}
	var rows []struct{ ID, Target int64 }
	st := w.DB.Statements().ForField("query/reference_get", whole, field)
	if err := w.selectAll(&rows, st, sql.Named("ids", ids)); err != nil {
		return nil, err
	}
	known := make(map[int64]int64, len(rows))
	for _, r := range rows {
		known[r.ID] = r.Target
	}
	w.typed[key] = known
	return known, nil
}

// typeField returns the field in which an object refers to the owner of its templates,
// and the templates' own.
func typeField(whole, templates kinds.Kind) (of, byType kinds.Field) {
	for _, t := range templates.Fields {
		for _, f := range whole.Fields {
			if t.Type == kinds.Reference && f.Type == kinds.Reference && t.To == f.To {
				return f, t
			}
		}
	}
	return of, byType
}

// readTemplates reads the templates of a type: their labels by name. Without them, every
// part counts as made by somebody.
func (w *walk) readTemplates(templates kinds.Kind, byType kinds.Field, id int64) (map[string]string, error) {
	rows, err := w.pages(templates, url.Values{byType.Column(): {strconv.FormatInt(id, 10)}})
	if err != nil {
		var none map[string]string
		if unreadable(templates, err) != "" || absent(err) {
			return none, nil // what is not known to come from a template was made by somebody
		}
		return nil, err
	}
	out := map[string]string{}
	for _, row := range rows {
		if idOf(row[byType.Name]) != id {
			continue
		}
		text, _ := row["name"].(string)
		out[text], _ = row["label"].(string)
	}
	return out, nil
}
