package model

import (
	"github.com/diet-project/diet/mirror/sandbox/release"
	"github.com/diet-project/diet/mirror/sandbox/table"
)

// What becomes of an object when one it refers to is deleted.
const (
	cascade  = table.Cascade
	protect  = table.Protect
	restrict = table.Restrict
	setNull  = table.SetNull
	forget   = table.Forget // set to null without a trace in the changelog
)

// option sets what does not differ by release.
func option(set func(f *table.Field)) setting {
	return func(f *table.Field, _ *release.Release) { set(f) }
}

// both applies several settings, one after the other.
func both(all ...setting) setting {
	return func(f *table.Field, rel *release.Release) {
		for _, set := range all {
			set(f, rel)
		}
	}
}

// where applies a setting in releases that behave in a way.
func where(does func(b release.Behaviour) bool, then, otherwise setting) setting {
	return func(f *table.Field, rel *release.Release) {
		if set := then; does(rel.Behaviour) {
			set(f, rel)
		} else if otherwise != nil {
			otherwise(f, rel)
		}
	}
}

// is gives a field a kind.
func is(k *table.Kind) setting { return option(func(f *table.Field) { f.Kind, f.Write = k, nil }) }

// to makes a field refer to objects of a kind, and says what becomes of it when
// they are deleted.
func to(target string, on table.Deletion) setting {
	return option(func(f *table.Field) {
		f.Kind, f.Target, f.OnDelete, f.Null, f.Default, f.Write = table.Reference, target, on, !f.Required, nil, nil
	})
}

// many makes a field refer to any number of objects of a kind.
func many(target string) setting {
	return option(func(f *table.Field) {
		f.Kind, f.Target, f.Default, f.Null, f.Write = table.References, target, []int64{}, false, nil
	})
}

// numbered shows a reference as its number.
func numbered(target string, on table.Deletion) setting {
	return both(to(target, on), option(func(f *table.Field) { f.Write = func(e *table.Encoder, r *table.Record) { e.Value(r.ID) } }))
}

// def is what a field is where nothing is said about it; it is never null then.
func def(v any) setting {
	return option(func(f *table.Field) { f.Default, f.Null, f.Blank = v, false, false })
}

var (
	null      = option(func(f *table.Field) { f.Null, f.Default = true, nil })
	blank     = option(func(f *table.Field) { f.Blank = true })
	readOnly  = option(func(f *table.Field) { f.ReadOnly = true })
	required  = option(func(f *table.Field) { f.Required = true })
	indexed   = option(func(f *table.Field) { f.Index = true })
	writeOnly = option(func(f *table.Field) { f.WriteOnly = true })

	objectType  = both(is(table.TypeName), option(func(f *table.Field) { f.Default = nil }))
	objectTypes = both(is(table.TypeNames), option(func(f *table.Field) { f.Null, f.Default = false, []string{} }))
	objectJSON  = both(is(table.JSON), null)

	// annotated marks what is worked out as an object is read.
	annotated = option(func(f *table.Field) { f.Annotated = true })

	// unkeptNull and its like are parts of NetBox that the sandbox does not keep.
	unkeptNull  = notKept("null")
	unkeptList  = notKept("[]")
	unkeptEmpty = notKept("{}")
)

func notKept(value string) setting {
	return both(fixed(value), option(func(f *table.Field) {
		f.Kind, f.ReadOnly, f.Required, f.Default, f.Logs = table.Unkept, false, false, table.Raw(value), table.Raw(value)
	}))
}

// calc shows what a function works out.
func calc(write func(e *table.Encoder, r *table.Record)) setting {
	return option(func(f *table.Field) { f.Kind, f.Write, f.ReadOnly, f.Required = table.Computed, write, true, false })
}

// fixed always shows the same JSON.
func fixed(json string) setting { return calc(func(e *table.Encoder, _ *table.Record) { e.Raw(json) }) }

// logs has the changelog show a value for a field that is not stored.
func logs(v any) setting { return option(func(f *table.Field) { f.Logs = v }) }

// stored counts the objects of a kind that refer to one by a field, in a column.
func stored(kind, by string) setting {
	return both(calc(func(e *table.Encoder, r *table.Record) { e.Value(e.Store.Count(kind, by, r.ID)) }),
		option(func(f *table.Field) { f.Count = &table.Counted{Kind: kind, By: by} }))
}

// counts does so as an object is read.
func counts(kind, by string) setting { return both(stored(kind, by), annotated) }

// within does so over a tree, which an embedded object shows as 0.
func within(kind, by string) setting {
	return both(stored(kind, by), option(func(f *table.Field) { f.ZeroNested = true }))
}

// none counts what the sandbox does not keep.
var none = both(fixed("0"), annotated)

// generic shows the object that a pair of fields names by type and id.
func generic(typeField, idField string) setting {
	return calc(func(e *table.Encoder, r *table.Record) { e.EmbedAny(e.Store.Generic(r, typeField, idField)) })
}

// hiddenRef is a reference that is stored, and neither shown nor logged.
func hiddenRef(name, target string, on table.Deletion) *table.Field {
	return &table.Field{Name: name, Kind: table.Reference, Target: target, OnDelete: on, Null: true, Hidden: true, ReadOnly: true,
		Unlogged: true}
}

// column is one that the changelog shows, and nothing else.
func column(name string, kind *table.Kind) *table.Field {
	return &table.Field{Name: name, Kind: kind, Null: true, Hidden: true, ReadOnly: true}
}

// alone is the rule that a field's value occurs once.
func alone(name string) table.Constraint {
	return table.Constraint{Fields: []string{name}, Field: name}
}

// together is the rule that the values of several fields occur once.
func together(name string, fields ...string) table.Constraint {
	return table.Constraint{Name: name, Fields: fields}
}
