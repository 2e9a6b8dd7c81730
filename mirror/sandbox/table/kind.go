package table

import (
	"math"
	"time"
)

// Kind is how the values of a field are read, kept, shown, logged and filtered.
type Kind struct {
	Stored bool   // records carry a value
	refers bool   // the value is the id of another object
	Filter string // how lists compare it: text, number, choice, flag, reference; empty is not at all

	// Read turns a JSON value other than null into what a record keeps, or says
	// what is wrong with it; null does so for null.
	Read func(t *Tx, f *Field, v any) (any, string)
	null func(f *Field) (any, string)
	// Accept takes the place of both where a value means more than itself.
	Accept func(t *Tx, d *Draft, f *Field, v any, old *Record)
	// Write shows a value; nil writes it as it is.
	Write func(e *Encoder, r *Record, f *Field)
	// log is the value in the changelog; nil is the value itself.
	log func(s *Store, f *Field, v any) any
}

// The kinds that need no knowledge of what they hold.
var (
	Text     = &Kind{Stored: true, Filter: "text", Read: Plainly(readText)}
	Slug     = &Kind{Stored: true, Filter: "text", Read: Plainly(readSlug)}
	Color    = &Kind{Stored: true, Filter: "text", Read: Plainly(readColor)}
	Integer  = &Kind{Stored: true, Filter: "number", Read: Plainly(readInteger)}
	Decimal  = &Kind{Stored: true, Filter: "number", Read: Plainly(readDecimal), log: logDecimal}
	Boolean  = &Kind{Stored: true, Filter: "flag", Read: Plainly(readBool)}
	Integers = &Kind{Stored: true, Read: Plainly(readIntegers)}
	Date     = &Kind{Stored: true, Read: Plainly(readDate)}

	Choice       = &Kind{Stored: true, Filter: "choice", Read: Plainly(readChoice), null: nullChoice, Write: writeChoice}
	PlainChoice  = &Kind{Stored: true, Filter: "choice", Read: Plainly(readQuotedChoice), null: nullChoice, Write: writeBlankNull}
	NumberChoice = &Kind{Stored: true, Filter: "choice", Read: Plainly(readNumberChoice), null: nullNumber, Write: writeChoice}

	Reference  = &Kind{Stored: true, refers: true, Filter: "reference", Read: ReadReference, Write: writeReference}
	References = &Kind{Stored: true, Read: readReferences, Write: writeReferences, log: logList}

	TypeName  = &Kind{Stored: true, Filter: "text", Read: ReadType, log: logType}
	TypeNames = &Kind{Stored: true, Read: readTypes, log: logTypes}

	JSON      = &Kind{Stored: true, Read: readAny, null: nullJSON}
	Timestamp = &Kind{Stored: true, Read: Plainly(readMoment), Write: writeMoment}
	Secret    = &Kind{Stored: true, Read: Plainly(readText), Write: writeSecret}

	Created     = &Kind{Write: func(e *Encoder, r *Record, _ *Field) { e.Value(r.Created) }}
	LastUpdated = &Kind{Write: func(e *Encoder, r *Record, _ *Field) { e.Value(r.Updated) }}
	Identifier  = &Kind{Write: func(e *Encoder, r *Record, _ *Field) { e.Value(r.ID) }}
	APIURL      = &Kind{Write: func(e *Encoder, r *Record, _ *Field) { e.Value(e.Base + e.Store.URLOf(r)) }}
	DisplayURL  = &Kind{Write: func(e *Encoder, r *Record, _ *Field) { e.Value(e.Base + Browse(r)) }}
	Display     = &Kind{Write: func(e *Encoder, r *Record, _ *Field) { e.Value(e.Store.TitleOf(r)) }}

	// Computed is written by a function of the field's.
	Computed = &Kind{Write: writeComputed}
	// Unkept is a part of NetBox that the sandbox does not keep: to set it
	// fails, so that no test believes that it was set.
	Unkept = &Kind{Read: readUnkept, null: nullUnkept, Write: writeComputed}
)

// Plainly makes a reader of one that needs no transaction.
func Plainly(read func(f *Field, v any) (any, string)) func(*Tx, *Field, any) (any, string) {
	return func(_ *Tx, f *Field, v any) (any, string) { return read(f, v) }
}

func readAny(_ *Tx, _ *Field, v any) (any, string) { return v, "" }

func nullJSON(*Field) (any, string) { return nil, "" }

// nullUnkept and readUnkept accept nothing, and the value that is there.
func nullUnkept(*Field) (any, string) { return nil, "" }

func readUnkept(_ *Tx, f *Field, v any) (any, string) {
	list, many := v.([]any)
	if many && len(list) == 0 || Equal(v, f.Default) {
		return nil, ""
	}
	return nil, "The sandbox does not keep this field."
}

func writeComputed(e *Encoder, r *Record, f *Field) { f.Write(e, r) }

func writeMoment(e *Encoder, r *Record, f *Field) {
	if t, ok := r.Values[f.Column].(time.Time); ok {
		e.Value(t)
		return
	}
	e.Value(nil)
}

// writeSecret shows a secret in the answer to its creation only.
func writeSecret(e *Encoder, r *Record, f *Field) {
	if !e.Fresh {
		e.Value(nil)
		return
	}
	e.Value(r.Values[f.Column])
}

// logDecimal is a decimal in the changelog: text with all its places.
func logDecimal(_ *Store, f *Field, v any) any {
	if n, ok := v.(float64); ok {
		return Places(n, f.Places)
	}
	return v
}

func logList(_ *Store, _ *Field, v any) any {
	if v == nil {
		return []any{}
	}
	return v
}

func logType(s *Store, _ *Field, v any) any {
	if m := s.ByType[Plain(v)]; m != nil {
		return m.TypeID
	}
	return v
}

func logTypes(s *Store, _ *Field, v any) any {
	ids := []int64{}
	names, _ := v.([]string)
	for _, n := range names {
		if m := s.ByType[n]; m != nil {
			ids = append(ids, m.TypeID)
		}
	}
	return ids
}

// pythonInt is what Python's int() makes of a value: 1 of true and of 1.5.
func pythonInt(v any) (int64, bool) {
	switch x := v.(type) {
	case bool:
		if x {
			return 1, true
		}
		return 0, true
	case float64:
		return int64(math.Trunc(x)), true
	}
	return WholeNumber(v)
}
