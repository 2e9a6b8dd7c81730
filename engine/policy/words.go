package policy

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
)

// checkWords refuses a comparison of the input with a word that it never holds, by
// the schema of the input and the kinds and fields that there are: input.class == "drfit". A
// variable, a rule, a function or data between the two hides nothing.
func checkWords(s *source, cfg Config) error {
	vocabulary, book := newVocabulary(s, cfg), newBook(s)
	for _, file := range s.files() {
		w := words{module: s.modules[file], vocabulary: vocabulary}
		ast.NewGenericVisitor(w.visitGet).Walk(w.module)
		if w.found != nil {
			return w.found
		}
	}
	for _, in := range book.scopes() {
		w := words{module: in.module, vocabulary: vocabulary, scope: in}
		w.arguments()
		ast.NewGenericVisitor(w.visit).Walk(in.rule)
		if w.found != nil {
			return w.found
		}
	}
	return nil
}

// words looks for comparisons in one module, or one rule of it.
type words struct {
	vocabulary
	module *ast.Module
	scope  scope
	found  error
}

// visitGet looks for object.get, and for what no input has.
func (w *words) visitGet(x any) bool {
	switch x := x.(type) {
	case *ast.Expr:
		if x.IsCall() && len(x.Operands()) > 1 {
			w.get(x.Operator().String(), x.Operand(0), x.Operand(1))
		}
	case ast.Call:
		if len(x) > 2 {
			w.get(x[0].String(), x[1], x[2])
		}
	case ast.Ref:
		w.checkMarks(x)
	}
	return w.found != nil
}

func (w *words) visit(x any) bool {
	switch x := x.(type) {
	case *ast.Rule:
		return x != w.scope.rule // what is else is a rule of its own
	case *ast.Expr:
		if x.IsCall() && len(x.Operands()) == 2 {
			w.compare(x.Operator().String(), x.Operand(0), x.Operand(1))
		}
	case ast.Call:
		if len(x) == 3 {
			w.compare(x[0].String(), x[1], x[2])
		}
	case ast.Ref:
		w.lookup(x)
		w.checkCounted(x)
		for _, ref := range w.scope.of(ast.NewTerm(x)).keys {
			w.checkPath(ref, 2, x[0].Location)
		}
	}
	return w.found != nil
}

func (w *words) compare(operator string, a, b *ast.Term) {
	switch operator {
	case ast.Equality.Name, ast.Equal.Name, ast.NotEqual.Name, "=", "==", "!=":
		w.same(a, b)
	case ast.Member.Name:
		w.member(a, b)
	}
}

// same holds two terms against each other, and the parts of two arrays.
func (w *words) same(a, b *ast.Term) {
	x, isX := a.Value.(*ast.Array)
	y, isY := b.Value.(*ast.Array)
	if isX && isY && x.Len() == y.Len() {
		for i := range x.Len() {
			w.same(x.Elem(i), y.Elem(i))
		}
		return
	}
	w.hold(w.scope.of(a), w.scope.of(b), a)
	w.hold(w.scope.of(b), w.scope.of(a), b)
}

// member holds a term against what a collection has.
func (w *words) member(a, in *ast.Term) {
	if list, is := a.Value.(*ast.Array); is {
		for _, other := range w.arrays(in) {
			if other.Value.(*ast.Array).Len() == list.Len() {
				w.same(a, other)
			}
		}
		return
	}
	all := w.scope.elements(in)
	w.hold(w.scope.of(a), all, a)
	w.hold(all, w.scope.of(a), in)
}

// arrays are the arrays that a collection that is written out has.
func (w *words) arrays(t *ast.Term) []*ast.Term {
	switch v := t.Value.(type) {
	case *ast.Array, ast.Set:
		return slices.DeleteFunc(parts(v), func(p *ast.Term) bool { _, is := p.Value.(*ast.Array); return !is })
	case ast.Var:
		rules := w.scope.book.rules[w.scope.path(ast.Ref{t}).String()]
		if len(rules) == 1 && rules[0].rule.Head.Value != nil && rules[0].rule.Head.Value != t {
			if _, again := rules[0].rule.Head.Value.Value.(ast.Var); !again {
				return w.arrays(rules[0].rule.Head.Value)
			}
		}
	}
	return nil
}

// lookup holds the keys of an object that is written out against what it is asked for.
func (w *words) lookup(ref ast.Ref) {
	if len(ref) < 2 || ref[0].Equal(ast.InputRootDocument) {
		return
	}
	if ref[0].Equal(ast.DefaultRootDocument) {
		w.lookupData(ref)
		return
	}
	if _, isConstant := ref[1].Value.(ast.String); isConstant {
		return
	}
	if keys := w.scope.keysOf(ref[0]); !keys.open {
		w.hold(w.scope.of(ref[1]), keys, ref[1])
	}
}

// lookupData holds the keys of an object in a team's data files, all together, against what it is asked for.
func (w *words) lookupData(ref ast.Ref) {
	for i := 1; i < len(ref); i++ {
		if ref[i].IsGround() {
			if _, isText := ref[i].Value.(ast.String); isText {
				continue
			}
		}
		object, _ := w.scope.book.datum(ref[:i]).(map[string]any)
		of, keys := w.scope.of(ref[i]), meaning{}
		for _, key := range slices.Sorted(maps.Keys(object)) {
			if slices.ContainsFunc(of.keys, func(ref ast.Ref) bool { return w.admits(ref, ast.String(key)) }) {
				return // what other keys are for is not told
			}
			keys.words = append(keys.words, word{key, ref[i].Location})
		}
		w.hold(of, keys, ref[i])
		return
	}
}

// arguments holds the constants among a function's arguments against what it is called with.
func (w *words) arguments() {
	for i, arg := range w.scope.rule.Head.Args {
		if text, is := arg.Value.(ast.String); is {
			w.hold(w.scope.argument(i), meaning{words: []word{{string(text), arg.Location}}}, arg)
		}
	}
}

// hold notes a word that what it is compared with never is.
func (w *words) hold(key, constant meaning, at *ast.Term) {
	if w.found != nil || key.open || len(key.keys) == 0 || len(constant.keys) > 0 || constant.open {
		return
	}
	var known []string
	for _, ref := range key.keys {
		of := w.known(ref)
		if of == nil {
			return
		}
		known = append(known, of...)
	}
	for _, other := range key.words {
		known = append(known, other.text)
	}
	for _, said := range constant.words {
		ref := key.keys[0]
		if slices.Contains(known, said.text) || slices.ContainsFunc(key.keys, func(ref ast.Ref) bool { return isOpen(ref, said.text) }) {
			continue
		}
		place := said.at
		if place == nil || place.File == "" {
			place = at.Location
		}
		w.found = &Error{
			File: place.File, Line: place.Row,
			Message: fmt.Sprintf("%q is not a value of %s%s", said.text, ref, suggestFor(ref, said.text, known)),
			Advice:  w.advice(ref, known),
		}
		return
	}
}

// suggestFor asks for the word that a key of the input may have and that was meant, most likely.
func suggestFor(ref ast.Ref, word string, known []string) string {
	name, isCustom := strings.CutPrefix(word, "custom_fields.")
	switch {
	case !isField(ref):
	case word == "tags":
		return "; a tag is a field of its own: tag.SLUG"
	case word == "custom_fields":
		return "; a custom field is a field of its own: cf.NAME"
	case isCustom:
		return "; did you mean cf." + name + "?"
	}
	return suggest(word, known)
}

func (w *words) advice(ref ast.Ref, known []string) string {
	switch known = slices.DeleteFunc(slices.Clone(known), func(w string) bool { return w == "" }); {
	case isField(ref):
		return "docs/sql.md lists the fields of each kind; a tag is tag.SLUG, and a custom field cf.NAME"
	case isDependent(ref):
		return "docs/sql.md lists the kinds; besides, there are custom_field, tag, edited and fields such as comments"
	case isKind(ref):
		slices.Sort(known)
	}
	return fmt.Sprintf("%s is one of %s", ref, strings.Join(known, ", "))
}

// get notes a key that object.get looks for and that the input never has: it would always be the
// default.
func (w *words) get(operator string, of, path *ast.Term) {
	ref, is := of.Value.(ast.Ref)
	if v, alone := of.Value.(ast.Var); alone && v.Equal(ast.InputRootDocument.Value) {
		ref, is = ast.InputRootRef, true
	}
	if operator != ast.ObjectGet.Name || !is || w.found != nil || !ref[0].Equal(ast.InputRootDocument) || !ref.IsGround() {
		return
	}
	keys := []*ast.Term{path}
	if list, is := path.Value.(*ast.Array); is {
		keys = parts(list)
	}
	w.checkMarks(ref.Concat(keys))
	w.checkPath(ref.Concat(keys), len(ref), path.Location)
}

// checkPath notes a reference to what no input has: a key that is not there, or one of a text or a
// number. OPA looks at the first key itself.
func (w *words) checkPath(ref ast.Ref, from int, at *ast.Location) {
	for i := from; i < len(ref) && w.found == nil; i++ {
		name, isText := ref[i].Value.(ast.String)
		of := schemaAt(w.schema, ref[:i])
		types := typesIn(of)
		properties, _ := of["properties"].(map[string]any)
		_, known := properties[string(name)]
		switch {
		case len(types) > 0 && !slices.Contains(types, typeList) && !slices.Contains(types, typeObject):
			w.found = &Error{
				File: at.File, Line: at.Row, Message: fmt.Sprintf("%s is %s, and has no keys", ref[:i], strings.Join(types, " or ")),
				Advice: fmt.Sprintf("rules see a reference by its slug or name, and a choice by its value: compare %s itself", ref[:i]),
			}
		case isText && !known && of["additionalProperties"] == false:
			w.found = &Error{
				File: at.File, Line: at.Row,
				Message: fmt.Sprintf("%s has no key %q%s", ref[:i], string(name), suggest(string(name), slices.Sorted(maps.Keys(properties)))),
				Advice:  "docs/policies.md lists the keys of the input",
			}
		}
	}
}
