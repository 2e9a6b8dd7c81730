package sandbox

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// encoder writes objects as the API shows them.
type encoder struct {
	s    *state
	b    []byte
	base string // scheme and host of the request

	fresh bool // answers a creation
	stale bool // shows a new cable's interfaces without it
}

func (e *encoder) raw(s string) { e.b = append(e.b, s...) }

func (e *encoder) value(v any) { e.b = appendJSON(e.b, v) }

// object writes the fields of a record; embedded says that it stands inside
// another one.
func (e *encoder) object(r *record, fields []*field, embedded bool) {
	e.b = append(e.b, '{')
	first := true
	for _, f := range fields {
		if f.hidden || f.writeOnly || embedded && f.omitNested {
			continue
		}
		if !first {
			e.b = append(e.b, ',')
		}
		first = false
		e.b = appendString(e.b, f.name)
		e.b = append(e.b, ':')
		if embedded && f.zeroNested {
			e.b = append(e.b, '0')
			continue
		}
		e.field(r, f)
	}
	e.b = append(e.b, '}')
}

// embed writes the short form of a record inside another.
func (e *encoder) embed(r *record, names []string) {
	if names == nil {
		names = r.model.nested
	}
	e.object(r, r.model.pick(names), true)
}

func (e *encoder) field(r *record, f *field) {
	switch f.kind {
	case computed, lackingRef, lackingRefs, unkept:
		f.write(e, r)
	case identifier:
		e.value(r.id)
	case apiURL:
		e.value(e.base + e.s.urlOf(r))
	case displayURL:
		e.value(e.base + browse(r))
	case display:
		e.value(e.s.titleOf(r))
	case created:
		e.value(r.created)
	case lastUpdated:
		e.value(r.updated)
	case tags:
		e.tags(r)
	case customFields:
		e.customFields(r)
	case terminations:
		e.ends(r, f)
	default:
		e.stored(r, f)
	}
}

func (e *encoder) stored(r *record, f *field) {
	v := r.values[f.column]
	switch f.kind {
	case choiceOf, numberChoice:
		e.choice(f, v)
	case plainChoice:
		if v == "" {
			v = nil
		}
		e.value(v)
	case reference:
		e.reference(f, v)
	case references:
		e.list(f, v)
	case secret:
		if !e.fresh { // only the answer to its creation tells
			v = nil
		}
		e.value(v)
	case timestamp:
		if t, ok := v.(time.Time); ok {
			e.value(t)
			return
		}
		e.value(nil)
	default:
		e.value(v)
	}
}

func (e *encoder) choice(f *field, v any) {
	if v == nil || v == "" {
		e.raw("null")
		return
	}
	e.value(dict{{"value", v}, {"label", f.labels[plain(v)]}})
}

func (e *encoder) reference(f *field, v any) {
	id, _ := v.(int64)
	target := e.s.find(f.target, id)
	switch {
	case target == nil:
		e.raw("null")
	case f.write != nil:
		f.write(e, target)
	default:
		e.embed(target, f.nested)
	}
}

func (e *encoder) list(f *field, v any) {
	ids, _ := v.([]int64)
	e.each(e.s.all(f.target, ids), func(r *record) { e.embed(r, f.nested) })
}

// each writes a list of records.
func (e *encoder) each(records []*record, write func(*record)) {
	e.b = append(e.b, '[')
	for i, r := range records {
		if i > 0 {
			e.b = append(e.b, ',')
		}
		write(r)
	}
	e.b = append(e.b, ']')
}

func (e *encoder) tags(r *record) {
	found := e.s.all("tags", r.tags)
	slices.SortFunc(found, byTag)
	e.each(found, func(t *record) { e.embed(t, nil) })
}

// urlOf is the path of an object's API address.
func (s *state) urlOf(r *record) string {
	return r.model.path() + strconv.FormatInt(r.id, 10) + "/"
}

// browse is the path of an object's page.
func browse(r *record) string {
	return strings.TrimPrefix(r.model.path(), "/api") + strconv.FormatInt(r.id, 10) + "/"
}

// titleOf is the object's name as NetBox prints it.
func (s *state) titleOf(r *record) string {
	if r.model.title != nil {
		return r.model.title(s, r)
	}
	return r.text("name")
}
