package policy

import (
	"encoding/binary"
	"fmt"
	"math"
	"strconv"
	"unicode/utf8"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/util"

	"github.com/diet-project/diet/engine/change"
)

// encoder turns inputs into OPA values, and makes keys that equal inputs share.
// What all inputs of a run share is converted once.
type encoder struct {
	shared map[any]*ast.Term // by pointer
	buf    []byte
	pairs  [][2]*ast.Term
}

func newEncoder() *encoder { return &encoder{shared: map[any]*ast.Term{}} }

// fork returns an encoder for another goroutine.
func (e *encoder) fork() *encoder { return newEncoder() }

// key returns a key that inputs share which agree in all that is read, and whether
// another input is likely to share it. The key is valid until the next call.
func (e *encoder) key(in *Input, read keys) (key []byte, shared bool) {
	if read.all {
		return nil, false
	}
	e.buf = e.buf[:0]
	for _, k := range read.rows {
		if !k.mark(e, in) {
			return nil, false
		}
	}
	return e.buf, true
}

// object makes the OPA value of an input, with the keys that are read. It equals
// what encoding/json makes of them.
func (e *encoder) object(in *Input, read keys) (ast.Value, error) {
	e.pairs = e.pairs[:0]
	for _, k := range read.rows {
		if k.omit && k.empty(in) {
			continue
		}
		term, err := k.encode(e, in)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", k, err)
		}
		e.pairs = append(e.pairs, [2]*ast.Term{k.name, term})
	}
	return ast.NewObject(e.pairs...), nil
}

func (e *encoder) addText(s string) {
	e.buf = binary.AppendUvarint(e.buf, uint64(len(s)))
	e.buf = append(e.buf, s...)
}

// addScalar adds a scalar, and reports whether v is one.
func (e *encoder) addScalar(v any) bool {
	switch v := v.(type) {
	case nil:
		e.buf = append(e.buf, 'n')
	case bool:
		e.buf = strconv.AppendBool(append(e.buf, 'b'), v)
	case int:
		e.buf = binary.AppendVarint(append(e.buf, 'i'), int64(v))
	case int64:
		e.buf = binary.AppendVarint(append(e.buf, 'i'), v)
	case float64:
		e.buf = binary.BigEndian.AppendUint64(append(e.buf, 'f'), math.Float64bits(v))
	case string:
		e.buf = append(e.buf, 's')
		e.addText(v)
	default:
		return false
	}
	return true
}

func (e *encoder) addBlame(b *change.Blame) {
	if b == nil {
		e.buf = append(e.buf, 0)
		return
	}
	e.buf = append(e.buf, 1)
	for _, part := range blameParts {
		e.addText(part.get(b))
	}
}

// blameParts are the keys of a blame; all but the first are left out where empty.
var blameParts = []struct {
	name *ast.Term
	get  func(*change.Blame) string
}{
	{ast.StringTerm("actor"), func(b *change.Blame) string { return b.Actor }},
	{ast.StringTerm("user"), func(b *change.Blame) string { return b.User }},
	{ast.StringTerm("time"), func(b *change.Blame) string { return b.Time }},
	{ast.StringTerm("message"), func(b *change.Blame) string { return b.Message }},
}

func blameTerm(b *change.Blame) *ast.Term {
	pairs := make([][2]*ast.Term, 0, len(blameParts))
	for i, part := range blameParts {
		if text := part.get(b); text != "" || i == 0 {
			pairs = append(pairs, [2]*ast.Term{part.name, textTerm(text)})
		}
	}
	return ast.ObjectTerm(pairs...)
}

// textTerm converts text; a byte that is not UTF-8 becomes U+FFFD.
func textTerm(s string) *ast.Term {
	if !utf8.ValidString(s) {
		s = string([]rune(s))
	}
	return ast.StringTerm(s)
}

// toTerm converts any value as encoding/json would.
func toTerm(v any) (*ast.Term, error) {
	switch scalar := v.(type) {
	case nil:
		return ast.NullTerm(), nil
	case string:
		return textTerm(scalar), nil
	case bool:
		return ast.BooleanTerm(scalar), nil
	case int, int64:
	default:
		if err := util.RoundTrip(&v); err != nil {
			return nil, err
		}
	}
	value, err := ast.InterfaceToValue(v)
	if err != nil {
		return nil, err
	}
	return ast.NewTerm(value), nil
}
