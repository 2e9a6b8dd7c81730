package policy

import (
	"regexp"
	"regexp/syntax"
	"sync"

	"github.com/open-policy-agent/opa/v1/ast"
)

// pattern is a regular expression that texts match, so that what they begin or end with, or have in
// them, can be told too.
type pattern struct {
	whole *regexp.Regexp
	prog  *syntax.Prog
}

// dateTime is RFC 3339.
const dateTime = `^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?(Z|[+-][0-9]{2}:[0-9]{2})$`

var patterns sync.Map

// textPattern is the pattern of a regular expression, made once.
func textPattern(text string) *pattern {
	if p, ok := patterns.Load(text); ok {
		return p.(*pattern)
	}
	p := &pattern{whole: regexp.MustCompile(text)}
	tree, err := syntax.Parse(text, syntax.Perl)
	if err == nil {
		p.prog, err = syntax.Compile(tree.Simplify())
	}
	if err != nil {
		p.prog = nil // what parts of it are is not told
	}
	patterns.Store(text, p)
	return p
}

// patternOf is the pattern of a schema, or of one that it has a choice of; nil for none.
func patternOf(schema map[string]any) *pattern {
	if schema["format"] == "date-time" {
		return textPattern(dateTime)
	}
	if text, ok := schema["pattern"].(string); ok {
		return textPattern(text)
	}
	either, _ := schema["anyOf"].([]any)
	for _, of := range either {
		of, _ := of.(map[string]any)
		if p := patternOf(of); p != nil {
			return p
		}
	}
	return nil
}

// textTests are the built-ins that tell whether a text has another one somewhere.
var textTests = map[string]struct{ begins, ends bool }{
	ast.StartsWith.Name: {begins: true}, ast.EndsWith.Name: {ends: true}, ast.Contains.Name: {},
}

// may reports whether a text that matches may have another one in it, where a built-in looks for it.
func (p *pattern) may(operator, part string) bool {
	test, known := textTests[operator]
	if !known || p.prog == nil {
		return true
	}
	at := map[uint32]bool{}
	if test.begins {
		p.reach(uint32(p.prog.Start), at)
	} else {
		for i := range p.prog.Inst {
			p.reach(uint32(i), at)
		}
	}
	for _, r := range part {
		next := map[uint32]bool{}
		for i := range at {
			if inst := &p.prog.Inst[i]; consumes(inst) && inst.MatchRune(r) {
				p.reach(inst.Out, next)
			}
		}
		at = next
	}
	for i := range at {
		if !test.ends || p.prog.Inst[i].Op == syntax.InstMatch {
			return true
		}
	}
	return false
}

func consumes(inst *syntax.Inst) bool {
	switch inst.Op {
	case syntax.InstRune, syntax.InstRune1, syntax.InstRuneAny, syntax.InstRuneAnyNotNL:
		return true
	}
	return false
}

// reach adds the places that are come to without another letter.
func (p *pattern) reach(i uint32, at map[uint32]bool) {
	if at[i] {
		return
	}
	inst := &p.prog.Inst[i]
	switch inst.Op {
	case syntax.InstFail:
		return
	case syntax.InstAlt, syntax.InstAltMatch:
		at[i] = true
		p.reach(inst.Out, at)
		p.reach(inst.Arg, at)
	case syntax.InstCapture, syntax.InstEmptyWidth, syntax.InstNop:
		at[i] = true
		p.reach(inst.Out, at)
	default:
		at[i] = true
	}
}
