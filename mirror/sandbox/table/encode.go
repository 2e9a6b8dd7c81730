package table

import (
	"strconv"
	"strings"
)

// Encoder writes objects as the API shows them.
type Encoder struct {
	Store *Store
	Bytes []byte
	Base  string // scheme and host of the request

	Fresh bool // answers a creation
	Stale bool // shows a new cable's interfaces without it
}

// Raw writes JSON as it stands.
func (e *Encoder) Raw(s string) { e.Bytes = append(e.Bytes, s...) }

// Value writes a value as JSON.
func (e *Encoder) Value(v any) { e.Bytes = AppendJSON(e.Bytes, v) }

// Object writes the fields of a record; embedded says that it stands inside
// another one.
func (e *Encoder) Object(r *Record, fields []*Field, embedded bool) {
	e.Bytes = append(e.Bytes, '{')
	first := true
	for _, f := range fields {
		if f.Hidden || f.WriteOnly || embedded && (f.Annotated || f.Unembedded) {
			continue
		}
		if !first {
			e.Bytes = append(e.Bytes, ',')
		}
		first = false
		e.Bytes = AppendString(e.Bytes, f.Name)
		e.Bytes = append(e.Bytes, ':')
		if embedded && f.ZeroNested {
			e.Bytes = append(e.Bytes, '0')
			continue
		}
		e.field(r, f)
	}
	e.Bytes = append(e.Bytes, '}')
}

// Embed writes the short form of a record inside another.
func (e *Encoder) Embed(r *Record, names []string) {
	if len(names) == 0 {
		names = r.Model.nested
	}
	e.Object(r, r.Model.pick(names), true)
}

// EmbedAny writes the short form of a record, or null where there is none.
func (e *Encoder) EmbedAny(r *Record) {
	if r == nil {
		e.Raw("null")
		return
	}
	e.Embed(r, nil)
}

func (e *Encoder) field(r *Record, f *Field) {
	if f.Kind.Write != nil {
		f.Kind.Write(e, r, f)
		return
	}
	e.Value(r.Values[f.Column])
}

func writeBlankNull(e *Encoder, r *Record, f *Field) {
	v := r.Values[f.Column]
	if v == "" {
		v = nil
	}
	e.Value(v)
}

func writeChoice(e *Encoder, r *Record, f *Field) {
	v := r.Values[f.Column]
	if v == nil || v == "" {
		e.Raw("null")
		return
	}
	e.Value(Dict{{"value", v}, {"label", f.Labels[Plain(v)]}})
}

func writeReference(e *Encoder, r *Record, f *Field) { e.Reference(f, r.Values[f.Column]) }

func writeReferences(e *Encoder, r *Record, f *Field) { e.list(f, r.Values[f.Column]) }

// Reference writes the object that a field refers to.
func (e *Encoder) Reference(f *Field, v any) {
	id, _ := v.(int64)
	target := e.Store.Find(f.Target, id)
	switch {
	case target == nil:
		e.Raw("null")
	case f.Write != nil:
		f.Write(e, target)
	default:
		e.Embed(target, f.Nested)
	}
}

func (e *Encoder) list(f *Field, v any) {
	ids, _ := v.([]int64)
	e.Each(e.Store.All(f.Target, ids), func(r *Record) { e.Embed(r, f.Nested) })
}

// Each writes a list of records.
func (e *Encoder) Each(records []*Record, write func(*Record)) {
	e.Bytes = append(e.Bytes, '[')
	for i, r := range records {
		if i > 0 {
			e.Bytes = append(e.Bytes, ',')
		}
		write(r)
	}
	e.Bytes = append(e.Bytes, ']')
}

// URLOf is the path of an object's API address.
func (s *Store) URLOf(r *Record) string {
	return r.Model.Path() + strconv.FormatInt(r.ID, 10) + "/"
}

// Browse is the path of an object's page.
func Browse(r *Record) string {
	return strings.TrimPrefix(r.Model.Path(), "/api") + strconv.FormatInt(r.ID, 10) + "/"
}

// TitleOf is the object's name as NetBox prints it.
func (s *Store) TitleOf(r *Record) string {
	if r.Model.Title != nil {
		return r.Model.Title(s, r)
	}
	return r.Text("name")
}
