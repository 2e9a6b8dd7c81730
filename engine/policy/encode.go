package policy

import (
	"encoding/binary"
	"fmt"
	"math"
	"strconv"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/diet-project/diet/engine/change"
)

// encoder makes OPA values of inputs, and keys by which equal ones are told.
// What a run's inputs share is converted once.
type encoder struct {
	plans map[*Plan]*ast.Term
	runs  map[*Run]*ast.Term
	buf   []byte
	pairs [][2]*ast.Term
}

func newEncoder() *encoder {
	return &encoder{plans: map[*Plan]*ast.Term{}, runs: map[*Run]*ast.Term{}}
}

// fork returns an encoder for another goroutine.
func (e *encoder) fork() *encoder { return newEncoder() }

// key returns what tells the input from others as far as the policies read it,
// and whether another input is likely to have the same. The key is valid until
// the next call.
func (e *encoder) key(in *Input, read keys) (key []byte, shared bool) {
	if read.all || !plain(in, read) {
		return nil, false
	}
	e.buf = e.buf[:0]
	for _, part := range [...]struct{ name, text string }{
		{"kind", in.Kind},
		{"object", in.Object},
		{"name", in.Name},
		{"class", string(in.Class)},
		{"action", string(in.Action)},
		{"field", in.Field},
		{"source", in.Source},
		{"with", in.With},
		{"deletion_policy", in.DeletionPolicy},
		{"now", in.Now},
	} {
		if read.set[part.name] {
			e.addText(part.text)
		}
	}
	for _, part := range [...]struct {
		name  string
		value any
	}{{"want", in.Want}, {"base", in.Base}, {"have", in.Have}} {
		if read.set[part.name] {
			e.addValue(part.value)
		}
	}
	if read.set["blame"] {
		e.addBlame(in.Blame)
	}
	e.addShared(in, read)
	return e.buf, true
}

// plain reports whether what is read of the input makes a cheap key. What does
// not is hardly ever the same for two objects.
func plain(in *Input, read keys) bool {
	return !(read.set["references"] && in.References != nil ||
		read.set["edited"] && in.Edited != nil ||
		read.set["cascade"] && in.Cascade != nil ||
		read.set["removed"] && in.Removed != nil ||
		read.set["differs"] && in.Differs != nil ||
		read.set["other"] && in.Other != nil ||
		read.set["resolution"] && in.Resolution != nil ||
		read.set["want"] && !scalar(in.Want) ||
		read.set["base"] && !scalar(in.Base) ||
		read.set["have"] && !scalar(in.Have))
}

func scalar(v any) bool {
	switch v.(type) {
	case nil, bool, int, int64, float64, string:
		return true
	}
	return false
}

func (e *encoder) addText(s string) {
	e.buf = binary.AppendUvarint(e.buf, uint64(len(s)))
	e.buf = append(e.buf, s...)
}

func (e *encoder) addValue(v any) {
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
	}
}

func (e *encoder) addBlame(b *change.Blame) {
	if b == nil {
		e.buf = append(e.buf, 0)
		return
	}
	e.buf = append(e.buf, 1)
	for _, s := range [...]string{b.Actor, b.User, b.Time, b.Message} {
		e.addText(s)
	}
}

// addShared adds the flags, and what is told apart by its pointer.
func (e *encoder) addShared(in *Input, read keys) {
	if read.set["protected"] {
		e.buf = strconv.AppendBool(e.buf, in.Protected)
	}
	if read.set["template"] {
		e.buf = strconv.AppendBool(e.buf, in.Template)
	}
	if read.set["plan"] {
		e.buf = fmt.Appendf(e.buf, "%p", in.Plan)
	}
	if read.set["run"] {
		e.buf = fmt.Appendf(e.buf, "%p", in.Run)
	}
}

// Terms of the keys, made once.
var (
	keyKind       = ast.InternedTerm("kind")
	keyObject     = ast.StringTerm("object")
	keyName       = ast.StringTerm("name")
	keyClass      = ast.StringTerm("class")
	keyAction     = ast.StringTerm("action")
	keyField      = ast.StringTerm("field")
	keyWant       = ast.StringTerm("want")
	keyBase       = ast.StringTerm("base")
	keyHave       = ast.StringTerm("have")
	keySource     = ast.StringTerm("source")
	keyBlame      = ast.StringTerm("blame")
	keyReferences = ast.StringTerm("references")
	keyEdited     = ast.StringTerm("edited")
	keyCascade    = ast.StringTerm("cascade")
	keyProtected  = ast.StringTerm("protected")
	keyTemplate   = ast.StringTerm("template")
	keyWith       = ast.StringTerm("with")
	keyPolicy     = ast.StringTerm("deletion_policy")
	keyRemoved    = ast.StringTerm("removed")
	keyDiffers    = ast.StringTerm("differs")
	keyOther      = ast.StringTerm("other")
	keyPlan       = ast.StringTerm("plan")
	keyRun        = ast.StringTerm("run")
	keyResolution = ast.StringTerm("resolution")
	keyNow        = ast.StringTerm("now")
	keyActor      = ast.StringTerm("actor")
	keyUser       = ast.StringTerm("user")
	keyTime       = ast.StringTerm("time")
	keyMessage    = ast.StringTerm("message")
)

// object makes the OPA value of an input, with the keys that are read. It says
// what encoding/json would say of it.
func (e *encoder) object(in *Input, read keys) (ast.Value, error) {
	b := builder{read: read, pairs: e.pairs[:0]}
	b.text(keyKind, in.Kind, true)
	b.text(keyObject, in.Object, true)
	b.text(keyName, in.Name, false)
	b.text(keyClass, string(in.Class), true)
	b.text(keyAction, string(in.Action), true)
	b.text(keyField, in.Field, true)
	b.any(keyWant, in.Want, true)
	b.any(keyBase, in.Base, true)
	b.any(keyHave, in.Have, true)
	b.text(keySource, in.Source, false)
	b.text(keyWith, in.With, false)
	b.text(keyPolicy, in.DeletionPolicy, false)
	b.text(keyNow, in.Now, true)
	b.blame(in.Blame)
	b.any(keyReferences, in.References, len(in.References) > 0)
	b.any(keyEdited, in.Edited, len(in.Edited) > 0)
	b.any(keyCascade, in.Cascade, len(in.Cascade) > 0)
	b.any(keyProtected, true, in.Protected)
	b.any(keyTemplate, true, in.Template)
	b.any(keyRemoved, in.Removed, in.Removed != nil)
	b.any(keyDiffers, in.Differs, len(in.Differs) > 0)
	b.any(keyOther, in.Other, in.Other != nil)
	b.any(keyResolution, in.Resolution, in.Resolution != nil)
	shared(&b, keyPlan, in.Plan, e.plans, true)
	shared(&b, keyRun, in.Run, e.runs, in.Run != nil)
	e.pairs = b.pairs
	if b.err != nil {
		return nil, b.err
	}
	return ast.NewObject(b.pairs...), nil
}

// builder gathers the keys of an input, up to the first error.
type builder struct {
	read  keys
	pairs [][2]*ast.Term
	err   error
}

func (b *builder) wanted(key *ast.Term) bool {
	return b.read.all || b.read.set[string(key.Value.(ast.String))]
}

func (b *builder) add(key, value *ast.Term) { b.pairs = append(b.pairs, [2]*ast.Term{key, value}) }

func (b *builder) text(key *ast.Term, s string, always bool) {
	if (always || s != "") && b.wanted(key) {
		b.add(key, ast.StringTerm(s))
	}
}

func (b *builder) any(key *ast.Term, v any, present bool) {
	if !present || !b.wanted(key) {
		return
	}
	term, err := toTerm(v)
	if err != nil {
		b.err = fmt.Errorf("%s: %w", key, err)
		return
	}
	b.add(key, term)
}

func (b *builder) blame(blame *change.Blame) {
	if blame == nil || !b.wanted(keyBlame) {
		return
	}
	pairs := [][2]*ast.Term{{keyActor, ast.StringTerm(blame.Actor)}}
	for _, part := range [...]struct {
		key  *ast.Term
		text string
	}{{keyUser, blame.User}, {keyTime, blame.Time}, {keyMessage, blame.Message}} {
		if part.text != "" {
			pairs = append(pairs, [2]*ast.Term{part.key, ast.StringTerm(part.text)})
		}
	}
	b.add(keyBlame, ast.ObjectTerm(pairs...))
}

// shared converts what is behind a pointer once.
func shared[T any](b *builder, key *ast.Term, p *T, known map[*T]*ast.Term, present bool) {
	if !present || !b.wanted(key) {
		return
	}
	term, ok := known[p]
	if !ok {
		var err error
		if term, err = toTerm(p); err != nil {
			b.err = fmt.Errorf("%s: %w", key, err)
			return
		}
		known[p] = term
	}
	b.add(key, term)
}

// toTerm converts any value as encoding/json would.
func toTerm(v any) (*ast.Term, error) {
	switch v := v.(type) {
	case nil:
		return ast.NullTerm(), nil
	case string:
		return ast.StringTerm(v), nil
	case bool:
		return ast.BooleanTerm(v), nil
	}
	value, err := ast.InterfaceToValue(v)
	if err != nil {
		return nil, err
	}
	return ast.NewTerm(value), nil
}
