package policy

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/diet-project/diet/engine/change"
)

// Shape is what there is to know of a kind to tell which changes there are of it.
type Shape struct {
	Owned  bool // diet makes, changes and deletes its objects
	Shared bool // diet makes those that are absent, and no more
	Made   bool // NetBox makes them of templates, along with what they are part of

	// Parent is the kind that they are part of, "" for none.
	Parent string

	// Sees are the fields that rules see of an object: [Slug] where that is the slug of another one, or [Status].
	Sees map[string]string
}

// Slug marks a field that rules see as the slug of what it refers to.
const Slug = "slug"

// Reference is the type of a field that refers to another object: rules see its id.
const Reference = "reference"

// referenceTypes are the schemas of what the values of such a field may be: ids of NetBox, those of diet,
// and what is yet to be made.
var referenceTypes = []any{
	map[string]any{"type": "number"}, map[string]any{"type": "string", "pattern": `[@/:]`}, map[string]any{"type": "array"},
	map[string]any{"type": "object"},
}

// referenceSays is what they are, for people.
const referenceSays = "the id of what it refers to, and input.names has what that is called"

// Status marks a field with a choice that NetBox shows by a label, and rules see by its value.
const Status = "status"

// labels are those of NetBox's own choices of a status. Others may be added to it.
var labels = []string{
	"Active", "Available", "Connected", "Decommissioning", "Deprecated", "Disabled", "Enabled", "Failed", "Faulty", "Inventory", "Offline",
	"Planned", "Reserved", "Staged",
}

// statusSchema is what a status is.
var statusSchema = map[string]any{"anyOf": []any{
	map[string]any{"type": "string", "examples": []any{"the value active"}}, map[string]any{"type": "null"},
}}

func isNoLabel(x ast.Value) bool {
	text, _ := x.(ast.String)
	return !slices.Contains(labels, string(text))
}

// slugSchema is what a reference is that rules see as a slug.
var slugSchema = map[string]any{"anyOf": []any{
	map[string]any{"type": "string", "pattern": `^[-a-zA-Z0-9_]+$`, "examples": []any{"the slug ams-1"}}, map[string]any{"type": "null"},
}}

// Which objects changes of a class are of: of kinds that diet owns, where nothing else is said.
var (
	ofSharedKinds = []string{string(change.Shared), string(change.Finding)}
	ofAllKinds    = []string{string(change.Absent)}
	ofMadeKinds   = []string{string(change.Templated)}
)

// kindsOf are the kinds that changes of a class are of; "" alone where that is not known.
func (v *solver) kindsOf(class string) []string {
	if len(v.shapes) == 0 || class == string(ClassRun) {
		return []string{""}
	}
	var out []string
	for _, kind := range slices.Sorted(maps.Keys(v.shapes)) {
		shape := v.shapes[kind]
		var is bool
		switch {
		case slices.Contains(ofSharedKinds, class):
			is = shape.Shared
		case slices.Contains(ofAllKinds, class):
			is = shape.Owned || shape.Shared
		case slices.Contains(ofMadeKinds, class):
			is = shape.Owned && shape.Made
		default:
			is = shape.Owned
		}
		if is {
			out = append(out, kind)
		}
	}
	return out
}

// Classes of the changes that have a key, of those that only some have.
var keyClasses = map[string][]change.Class{
	"references":  {change.Orphaned, change.Exists, change.Templated, change.Blocked, change.Identity, change.Shared, change.Changed},
	"edited":      {change.Orphaned, change.Exists, change.Templated, change.Blocked, change.Changed},
	"unjudged":    {change.Orphaned, change.Exists, change.Templated, change.Blocked, change.Changed},
	"protected":   {change.Orphaned, change.Exists, change.Templated, change.Blocked, change.Changed},
	"template":    {change.Orphaned},
	"replaced_by": {change.Orphaned},
	"instead_of":  {change.Missing, change.Blocked},
	"differs":     {change.Exists, change.Templated, change.Blocked, change.Identity, change.Missing},
	"proposed":    {change.Exists, change.Templated, change.Blocked},
	"taken":       {change.Exists, change.Templated, change.Blocked, change.Identity},
	"other":       {change.Exists, change.Templated, change.Blocked, change.Identity, change.Shared},
	"untouched":   {change.Exists},
	"flap":        {change.Drift, change.Missing},
}

// Words that a key of a change of a class never has, of those in the schema.
var otherwise = map[string]map[change.Class][]string{
	"taken": {
		change.Exists: {change.TakenID, change.TakenCopy}, change.Templated: {change.TakenID, change.TakenCopy},
		change.Blocked:  {change.TakenID, change.TakenCopy},
		change.Identity: {change.TakenName, change.TakenPlace, change.TakenPort},
	},
	// What a run made or took over is not wanted once that is undone.
	"undoes": {
		change.Absent:  {string(change.Create), string(change.Adopt)},
		change.Missing: {string(change.Create), string(change.Adopt)},
	},
}

// except is a domain without the words that a class never has.
func except(d *domain, class, name string) *domain {
	never := otherwise[name][change.Class(class)]
	if len(never) == 0 || !d.listed {
		return d
	}
	return d.among(slices.DeleteFunc(slices.Clone(d.values), func(x ast.Value) bool {
		word, _ := x.(ast.String)
		return slices.Contains(never, string(word))
	}))
}

// sight is what a key of the object, as it is or would be, may be of the kind that a rule is about; nil
// where that says nothing.
func (v *solver) sight(ref ast.Ref, s state) *domain {
	if side := ref[1].Value.Compare; s.kind == "" || side(ast.String("before")) != 0 && side(ast.String("after")) != 0 {
		return nil
	}
	kind := s.kind
	for i := 2; i < len(ref); i++ {
		name, isText := ref[i].Value.(ast.String)
		if !isText {
			return nil
		}
		if name == "part_of" {
			if kind = v.shapes[kind].Parent; kind == "" {
				return oneOf()
			}
			continue
		}
		as, is := v.shapes[kind].Sees[string(name)]
		switch {
		case !is:
			return oneOf()
		case as == Slug && i+1 == len(ref):
			return domainOf(slugSchema, nil)
		case as == Status && i+1 == len(ref):
			return domainOf(statusSchema, isNoLabel)
		case name == "custom_fields" && i+1 < len(ref) && !fieldName(ref[i+1]):
			return oneOf()
		}
		return nil
	}
	return nil
}

// fieldName reports whether a term may be the name of a custom field.
func fieldName(t *ast.Term) bool {
	name, isText := t.Value.(ast.String)
	return !isText || textPattern(`^[A-Za-z0-9_]+$`).whole.MatchString(string(name))
}

// hasField reports whether the kind that a rule is about has a field.
func (v *solver) hasField(s state, x ast.Value) bool {
	name, _ := x.(ast.String)
	_, is := v.fields[s.kind][string(name)]
	return is || s.kind == "" || len(v.fields) == 0 || dynamic(string(name))
}

// member refuses to look for what a list of the input never holds.
func (v *solver) member(in scope, expr *ast.Expr, s state) *clash {
	if expr.Operator().String() != ast.Member.Name {
		return nil
	}
	list, ok := v.spotOf(in, expr.Operand(1))
	value, has := v.evaluate(nil).of(in, expr.Operand(0))
	if !ok || list.ref == nil || has != valued || schemaAt(v.schema, list.ref)["items"] == nil {
		return nil
	}
	of := spot{key: list.key + "/_", text: "what is in " + list.text, ref: list.ref.Append(ast.VarTerm("_")), in: list.in}
	if d := v.domain(of, s); !d.listed && !d.has(value) {
		return &clash{expr: expr, said: []claim{{text: of.text, is: d}}}
	}
	return nil
}

// partly refuses to look for a part that no text there has.
func (v *solver) partly(in scope, expr *ast.Expr, s state) *clash {
	operator := expr.Operator().String()
	of, ok := v.spotOf(in, expr.Operand(0))
	if _, known := textTests[operator]; !known || !ok {
		return nil
	}
	value, has := v.evaluate(nil).of(in, expr.Operand(1))
	text, isText := value.(ast.String)
	d := v.domain(of, s)
	if has != valued || !isText || d.listed || d.pattern == nil || d.pattern.may(operator, string(text)) {
		return nil
	}
	return &clash{expr: expr, said: []claim{{text: of.text, is: d}}}
}

// checkTimes refuses to compare a time with a text that is not the beginning of one: the order of the
// two says nothing.
func (v *solver) checkTimes(in scope, operator string, args []*ast.Term, at *ast.Location) *Error {
	if !slices.Contains(orders, operator) || len(args) != 2 {
		return nil
	}
	for i, arg := range args {
		of, ok := v.spotOf(in, arg)
		value, has := v.evaluate(nil).of(in, args[1-i])
		text, isText := value.(ast.String)
		if !ok || of.ref == nil || has != valued || !isText || schemaAt(v.schema, of.ref)["format"] != "date-time" {
			continue
		}
		if !textPattern(dateTime).may(ast.StartsWith.Name, string(text)) {
			return &Error{
				File: at.File, Line: at.Row, Message: fmt.Sprintf("this compares %s, a time such as 2026-12-31T18:00:00Z, with %s", arg, value),
				Advice: "write times as RFC 3339 has them, or as much as the beginning of that",
			}
		}
	}
	return nil
}

var orders = []string{ast.LessThan.Name, ast.LessThanEq.Name, ast.GreaterThan.Name, ast.GreaterThanEq.Name}

// idsOf are the ids of all rules.
func idsOf(s *source) []string {
	var out []string
	for _, file := range s.files() {
		for _, r := range s.modules[file].Rules {
			if id, is := customOf(r)["id"].(string); is && kindOf(r) != "" {
				out = append(out, id)
			}
		}
	}
	return out
}

// asksAbout reports whether a text is a question of the run: the id of a rule, and what that says it is about.
func (v *solver) asksAbout(x ast.Value) bool {
	text, _ := x.(ast.String)
	id, _, _ := strings.Cut(string(text), " ")
	return slices.Contains(v.ids, id)
}

// claim is what a rule is told of something that it says never holds.
type claim struct {
	text string  // what it says it of
	is   *domain // what that may be
	note string  // instead
}

// claims are what there is to say of a spot: of a field, of which kinds it is none.
func (v *solver) claims(of spot, is *domain, s state) []claim {
	if of.key == "input/field" && isOfField(s.class) && !is.listed && len(v.kindsIn(s)) <= mostShown {
		return noted(fmt.Sprintf("no %s has such a field", strings.Join(v.kindsIn(s), " or ")))
	}
	return []claim{{text: of.text, is: is}}
}

// noted is a claim of its own words.
func noted(text string) []claim { return []claim{{note: text}} }

func (c claim) String() string {
	switch {
	case c.note != "":
		return c.note
	case c.is == nil:
		return c.text + " is none of that"
	case c.is.never():
		return c.text + " is never there"
	case c.text == "input.kind":
		return c.text + " is " + c.is.list()
	}
	if text := c.is.String(); text != "" {
		return fmt.Sprintf("%s is %s", c.text, text)
	}
	return c.text + " is none of that"
}

// found is where a rule was looked at in vain.
type found struct {
	class, kind string
	clash       *clash
}

// said is what there is to say about one expression, as several classes and kinds have it.
func said(in []found) string {
	var claims []claim
	for _, f := range in {
		for _, c := range f.clash.said {
			at := slices.IndexFunc(claims, func(of claim) bool { return of.text == c.text && (c.text != "" || of.note == c.note) })
			switch {
			case at < 0:
				claims = append(claims, c)
			case c.is != nil && claims[at].is != nil:
				claims[at].is = eitherOf(claims[at].is, c.is)
			}
		}
	}
	texts := make([]string, 0, len(claims))
	for _, c := range claims[:min(len(claims), mostShown)] {
		texts = append(texts, c.String())
	}
	return strings.Join(texts, ", ")
}

// eitherOf is what a spot may be of two classes or kinds, as far as it can be said in one.
func eitherOf(a, b *domain) *domain {
	switch {
	case a.never() || a.String() == b.String():
		return b
	case b.never():
		return a
	case !a.listed && !b.listed && a.like != "" && b.like != "":
		out := *a
		out.like += " or " + b.like
		return &out
	}
	return a.or(b)
}

// amongWhich says of which classes and kinds that is, where it is of a few.
func (v *solver) amongWhich(in []found) string {
	var classes, kinds []string
	for _, f := range in {
		if !slices.Contains(classes, f.class) {
			classes = append(classes, f.class)
		}
		if f.kind != "" && !slices.Contains(kinds, f.kind) {
			kinds = append(kinds, f.kind)
		}
	}
	text := ""
	if len(classes) < len(v.classes())-1 && len(classes) <= mostShown {
		text = ", in the class " + strings.Join(classes, " or ")
	}
	if len(kinds) > 0 && len(kinds) <= mostNamed && len(kinds) < len(v.kindsOf(classes[0])) {
		text += ", of the kind " + strings.Join(kinds, " or ")
	}
	return text
}

// mostNamed is how many kinds are named with what is said of them.
const mostNamed = 3
