package policy

import (
	"encoding/binary"
	"maps"
	"reflect"
	"slices"
	"strconv"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/diet-project/diet/engine/change"
)

// inputKeys are the keys of the policies' input: what each is called, where it
// is read and how it is encoded. A new key is a field of [Input], a row here and
// a property in policies/schema/input/v1.json; a test holds the three together.
var inputKeys = []*inputKey{
	textKey("kind", func(in *Input) string { return in.Kind }),
	textKey("object", func(in *Input) string { return in.Object }),
	textKey("name", func(in *Input) string { return in.Name }).optional(),
	textKey("class", func(in *Input) string { return string(in.Class) }),
	textKey("action", func(in *Input) string { return string(in.Action) }),
	textKey("field", func(in *Input) string { return in.Field }),
	valueKey("want", func(in *Input) any { return in.Want }),
	valueKey("base", func(in *Input) any { return in.Base }),
	valueKey("have", func(in *Input) any { return in.Have }),
	reasonsKey("names", func(in *Input) map[string]string { return in.Names }),
	objectKey("before", func(in *Input) map[string]any { return in.Before }),
	objectKey("after", func(in *Input) map[string]any { return in.After }),
	textKey("source", func(in *Input) string { return in.Source }).optional(),
	blameKey("blame", func(in *Input) *change.Blame { return in.Blame }),
	listKey("references", func(in *Input) []change.Reference { return in.References }),
	listKey("edited", func(in *Input) []change.Reference { return in.Edited }),
	countsKey("cascade", func(in *Input) map[string]int { return in.Cascade }),
	flagKey("protected", func(in *Input) bool { return in.Protected }),
	listKey("unjudged", func(in *Input) []string { return in.Unjudged }),
	flagKey("template", func(in *Input) bool { return in.Template }),
	textKey("with", func(in *Input) string { return in.With }).optional(),
	textKey("replaced_by", func(in *Input) string { return in.ReplacedBy }).optional(),
	textKey("instead_of", func(in *Input) string { return in.InsteadOf }).optional(),
	textKey("deletion_policy", func(in *Input) string { return in.DeletionPolicy }).optional(),
	textKey("undoes", func(in *Input) string { return string(in.Undoes) }).optional(),
	flagKey("untouched", func(in *Input) bool { return in.Untouched }),
	recordKey("removed", func(in *Input) *Removed { return in.Removed }),
	listKey("differs", func(in *Input) []string { return in.Differs }),
	flagKey("retyped", func(in *Input) bool { return in.Retyped }),
	flagKey("unplugs", func(in *Input) bool { return in.Unplugs }),
	recordKey("flap", func(in *Input) *change.Flap { return in.Flap }),
	flagKey("proposed", func(in *Input) bool { return in.Proposed }),
	textKey("taken", func(in *Input) string { return in.Taken }).optional(),
	recordKey("other", func(in *Input) *change.Other { return in.Other }),
	reasonsKey("waived", func(in *Input) map[string]string { return in.Waived }),
	sharedKey("plan", func(in *Input) *Plan { return in.Plan }),
	sharedKey("run", func(in *Input) *Totals { return in.Run }).optional(),
	textKey("question", func(in *Input) string { return in.Question }).optional(),
	recordKey("resolution", func(in *Input) *Resolution { return in.Resolution }),
	recordKey("lapsed", func(in *Input) *Resolution { return in.Lapsed }),
	textKey("now", func(in *Input) string { return in.Now }),
}

// inputKey is one key of the policies' input.
type inputKey struct {
	name *ast.Term

	// omit leaves the key out where it is empty.
	omit bool

	// empty reports whether an input has no value for the key.
	empty func(in *Input) bool

	// mark adds what distinguishes the value to the encoder's buffer. It reports
	// false where two inputs hardly ever share the value.
	mark func(e *encoder, in *Input) bool

	// encode makes the value that encoding/json would make.
	encode func(e *encoder, in *Input) (*ast.Term, error)
}

func (k *inputKey) optional() *inputKey {
	k.omit = true
	return k
}

func (k *inputKey) String() string { return string(k.name.Value.(ast.String)) }

// textKey is a key of text.
func textKey(name string, get func(*Input) string) *inputKey {
	return &inputKey{
		name:  ast.StringTerm(name),
		empty: func(in *Input) bool { return get(in) == "" },
		mark: func(e *encoder, in *Input) bool {
			e.addText(get(in))
			return true
		},
		encode: func(_ *encoder, in *Input) (*ast.Term, error) { return textTerm(get(in)), nil },
	}
}

// valueKey is a key of any value. Only scalars are compared.
func valueKey(name string, get func(*Input) any) *inputKey {
	return &inputKey{
		name:   ast.StringTerm(name),
		empty:  func(in *Input) bool { return get(in) == nil },
		mark:   func(e *encoder, in *Input) bool { return e.addScalar(get(in)) },
		encode: func(_ *encoder, in *Input) (*ast.Term, error) { return toTerm(get(in)) },
	}
}

// flagKey is a key that is true or left out.
func flagKey(name string, get func(*Input) bool) *inputKey {
	return &inputKey{
		name:  ast.StringTerm(name),
		omit:  true,
		empty: func(in *Input) bool { return !get(in) },
		mark: func(e *encoder, in *Input) bool {
			e.buf = strconv.AppendBool(e.buf, get(in))
			return true
		},
		encode: func(*encoder, *Input) (*ast.Term, error) { return ast.BooleanTerm(true), nil },
	}
}

// blameKey says who changed a value. Many changes of a run share one.
func blameKey(name string, get func(*Input) *change.Blame) *inputKey {
	return &inputKey{
		name:  ast.StringTerm(name),
		omit:  true,
		empty: func(in *Input) bool { return get(in) == nil },
		mark: func(e *encoder, in *Input) bool {
			e.addBlame(get(in))
			return true
		},
		encode: func(_ *encoder, in *Input) (*ast.Term, error) { return blameTerm(get(in)), nil },
	}
}

// listKey, countsKey and recordKey are for what few changes have, and hardly two
// of them share.
func listKey[T any](name string, get func(*Input) []T) *inputKey {
	return rareKey(name, func(in *Input) bool { return len(get(in)) == 0 }, func(in *Input) any { return get(in) })
}

func countsKey(name string, get func(*Input) map[string]int) *inputKey {
	return rareKey(name, func(in *Input) bool { return len(get(in)) == 0 }, func(in *Input) any { return get(in) })
}

func objectKey(name string, get func(*Input) map[string]any) *inputKey {
	return rareKey(name, func(in *Input) bool { return len(get(in)) == 0 }, func(in *Input) any { return get(in) })
}

// reasonsKey is a key of texts by name. Many changes have the same ones.
func reasonsKey(name string, get func(*Input) map[string]string) *inputKey {
	return &inputKey{
		name:  ast.StringTerm(name),
		omit:  true,
		empty: func(in *Input) bool { return len(get(in)) == 0 },
		mark: func(e *encoder, in *Input) bool {
			reasons := get(in)
			e.buf = binary.AppendUvarint(e.buf, uint64(len(reasons)))
			for _, id := range slices.Sorted(maps.Keys(reasons)) {
				e.addText(id)
				e.addText(reasons[id])
			}
			return true
		},
		encode: func(_ *encoder, in *Input) (*ast.Term, error) { return toTerm(get(in)) },
	}
}

func recordKey[T any](name string, get func(*Input) *T) *inputKey {
	return rareKey(name, func(in *Input) bool { return get(in) == nil }, func(in *Input) any { return get(in) })
}

func rareKey(name string, empty func(*Input) bool, get func(*Input) any) *inputKey {
	return &inputKey{
		name:   ast.StringTerm(name),
		omit:   true,
		empty:  empty,
		mark:   func(_ *encoder, in *Input) bool { return empty(in) },
		encode: func(_ *encoder, in *Input) (*ast.Term, error) { return toTerm(get(in)) },
	}
}

// sharedKey is for what all inputs of a run point to. It is converted once, and
// compared by its address.
func sharedKey[T any](name string, get func(*Input) *T) *inputKey {
	return &inputKey{
		name:  ast.StringTerm(name),
		empty: func(in *Input) bool { return get(in) == nil },
		mark: func(e *encoder, in *Input) bool {
			e.buf = binary.AppendUvarint(e.buf, uint64(reflect.ValueOf(get(in)).Pointer()))
			return true
		},
		encode: func(e *encoder, in *Input) (*ast.Term, error) {
			p := get(in)
			if p == nil {
				return ast.NullTerm(), nil
			}
			if term, ok := e.shared[p]; ok {
				return term, nil
			}
			term, err := toTerm(p)
			if err == nil {
				e.shared[p] = term
			}
			return term, err
		},
	}
}
