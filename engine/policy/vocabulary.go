package policy

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
)

// vocabulary is what the keys of the input may be: by its schema, and by the kinds and fields that
// there are.
type vocabulary struct {
	schema     map[string]any
	kinds      []string
	fields     map[string]map[string]string
	named      []string // all of these fields, and "" for none
	marks      []string
	dependents []string
	shapes     map[string]Shape
	ids        []string // of all rules
}

func newVocabulary(s *source, cfg Config) vocabulary {
	schema, _ := s.schemas.Get(ast.SchemaRootRef).(map[string]any)
	return vocabulary{schema, cfg.Kinds, cfg.Fields, append([]string{""}, fieldsOf(cfg.Fields)...), cfg.Marks, cfg.Dependents,
		cfg.Shapes, idsOf(s)}
}

func isKind(ref ast.Ref) bool { return ref.String() == "input.kind" }

func isField(ref ast.Ref) bool { return ref.String() == "input.field" }

// fieldsOf are the fields of all kinds, or of some.
func fieldsOf(fields map[string]map[string]string, of ...string) []string {
	names := map[string]bool{}
	for kind, its := range fields {
		for name := range its {
			names[name] = names[name] || len(of) == 0 || slices.Contains(of, kind)
		}
	}
	maps.DeleteFunc(names, func(_ string, is bool) bool { return !is })
	return slices.Sorted(maps.Keys(names))
}

// isDependent tells the kind of what depends on an object, of what is written on it, or of what exists.
func isDependent(ref ast.Ref) bool {
	if len(ref) < 3 || !ref[len(ref)-1].Equal(ast.StringTerm("kind")) {
		return false
	}
	switch key, _ := ref[1].Value.(ast.String); key {
	case "references", "edited":
		return len(ref) == 4
	case "other":
		return len(ref) == 3
	}
	return false
}

// known lists the words that a key of the input may have; nil where it may have any.
func (v vocabulary) known(ref ast.Ref) []string {
	switch {
	case isKind(ref) && len(v.kinds) > 0:
		return append([]string{KindRun}, v.kinds...)
	case isField(ref) && len(v.fields) > 0:
		return v.named
	case isDependent(ref):
		return v.dependents
	case isDiffering(ref) && len(v.fields) > 0:
		return slices.Concat(v.named[1:], v.marks)
	}
	return wordsIn(schemaAt(v.schema, ref))
}

// wordsIn are the texts that a schema lists; nil where it lists none.
func wordsIn(schema map[string]any) []string {
	var known []string
	list, _ := schema["enum"].([]any)
	for _, word := range list {
		if text, ok := word.(string); ok {
			known = append(known, text)
		}
	}
	either, _ := schema["anyOf"].([]any)
	for _, of := range either {
		of, _ := of.(map[string]any)
		known = append(known, wordsIn(of)...)
	}
	return known
}

// isDiffering tells one of the fields in which something differs.
func isDiffering(ref ast.Ref) bool { return len(ref) == 3 && ref[:2].String() == "input.differs" }

// isOpen reports whether a key of the input may be a word besides those known: a tag or a custom field,
// which have names of their own, or a plugin's model.
func isOpen(ref ast.Ref, word string) bool {
	return (isField(ref) || isDiffering(ref)) && dynamic(word) || isDependent(ref) && strings.Contains(word, ".")
}

// dynamic reports whether a field is one that a plan, or NetBox, has by a name of its own.
func dynamic(field string) bool {
	return strings.HasPrefix(field, "tag.") || strings.HasPrefix(field, "cf.")
}

// admits reports whether a key of the input may have a value.
func (v vocabulary) admits(ref ast.Ref, value ast.Value) bool {
	known := v.known(ref)
	if known == nil {
		return true
	}
	word, isText := value.(ast.String)
	return !isText || slices.Contains(known, string(word)) || isOpen(ref, string(word))
}

// counted lists what the keys of a number of objects are: kinds, or actions; nil where a reference
// leads to something else.
func (v vocabulary) counted(ref ast.Ref) []string {
	switch ref.String() {
	case "input.run.counts", "input.run.asked":
		return v.countedKinds(func(k Shape) bool { return k.Owned || k.Shared })
	case "input.cascade", "input.run.cascade", "input.run.owned", "input.removed.objects", "input.removed.cascade":
		return v.countedKinds(func(k Shape) bool { return k.Owned })
	}
	if at := ref[:min(len(ref), 3)].String(); len(ref) == 4 && (at == "input.run.counts" || at == "input.run.asked") {
		list, _ := schemaAt(v.schema, ast.MustParseRef("input.action"))["enum"].([]any)
		var known []string
		for _, word := range list {
			known = append(known, fmt.Sprint(word))
		}
		return append(known, "orphan")
	}
	return nil
}

// countedKinds are the kinds of some shape; where that is not known, all that may depend on an object.
func (v vocabulary) countedKinds(keep func(Shape) bool) []string {
	if len(v.shapes) == 0 {
		return v.dependents
	}
	var out []string
	for _, kind := range slices.Sorted(maps.Keys(v.shapes)) {
		if keep(v.shapes[kind]) {
			out = append(out, kind)
		}
	}
	return out
}

// checkCounted refuses a number of objects of a kind, or an action, that there is not.
func (w *words) checkCounted(ref ast.Ref) {
	if w.found != nil || !ref[0].Equal(ast.InputRootDocument) {
		return
	}
	for i := 2; i < len(ref); i++ {
		known := w.counted(ref[:i])
		if known == nil {
			continue
		}
		for _, said := range w.scope.of(ref[i]).words {
			if slices.Contains(known, said.text) || strings.Contains(said.text, ".") {
				continue
			}
			at := said.at
			if at == nil || at.File == "" {
				at = ref[i].Location
			}
			w.found = &Error{
				File: at.File, Line: at.Row, Message: fmt.Sprintf("%s has no key %q%s", ref[:i], said.text, suggest(said.text, known)),
				Advice: "it has numbers by kind; docs/sql.md lists the kinds, docs/policies.md the actions",
			}
			return
		}
	}
}

// schemaAt is the part of a JSON Schema that a reference leads to; nil where the
// schema has no such key.
func schemaAt(root map[string]any, ref ast.Ref) map[string]any {
	if len(ref) == 0 {
		return nil
	}
	at := root
	for _, term := range ref[1:] {
		if either, _ := at["anyOf"].([]any); len(either) > 0 { // the first has parts, if any has
			at, _ = either[0].(map[string]any)
		}
		properties, _ := at["properties"].(map[string]any)
		name, isText := term.Value.(ast.String)
		next, ok := properties[string(name)].(map[string]any)
		if !ok && !isText {
			next, ok = at["items"].(map[string]any)
		}
		if !ok {
			next, ok = at["additionalProperties"].(map[string]any)
		}
		if !ok {
			return nil
		}
		at = target(root, next)
	}
	return at
}

// target follows a $ref to the definitions of the schema. A $comment is one that OPA, which knows no
// schema within itself, must not see.
func target(root, at map[string]any) map[string]any {
	name, ok := at["$ref"].(string)
	if !ok {
		name, ok = at["$comment"].(string)
	}
	if !ok {
		return at
	}
	definitions, _ := root["definitions"].(map[string]any)
	definition, _ := definitions[strings.TrimPrefix(name, "#/definitions/")].(map[string]any)
	return definition
}
