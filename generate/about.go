package generate

import (
	"cmp"
	"slices"
	"strings"
)

// About is a finding about something that the plan states: a path, an object of the plan by its
// diet id, or a shared one as kind:slug. It is where the plan states that, or the class that makes
// it; where that is not known, it is about the plan as a whole.
func (p *Plan) About(what, message string) Finding {
	path := "spec"
	kind, slug, shared := strings.Cut(what, ":")
	rest, own := strings.CutPrefix(what, p.Info().Key+"/")
	switch {
	case strings.HasPrefix(what, "spec"):
		path = what
	case own:
		path = classPath(rest)
	case shared:
		path = p.namedAt(kind, slug)
	}
	at := p.src.locate(path)
	return Finding{File: p.src.file, Line: at.line, Column: at.column, Path: path, Message: message}
}

// classPath is where a plan states the class, or the pool of racks, that an object is of.
func classPath(object string) string {
	class := object
	if end := strings.IndexAny(object, "[/"); end >= 0 {
		class = object[:end]
	}
	if pool, is := strings.CutPrefix(class, "rack:"); is {
		return "spec.racks." + pool
	}
	if fabric, of, is := strings.Cut(class, "."); is {
		return "spec.fabrics." + fabric + ".switches." + of
	}
	return "spec.nodes." + class
}

// namedAt is where a plan states a shared object or, where it does not, names it first.
func (p *Plan) namedAt(kind, slug string) string {
	lines := strings.Split(string(p.src.text), "\n")
	var bodies, names []string
	for path, at := range p.src.pos {
		leaf := path[strings.LastIndex(path, ".")+1:]
		switch {
		case strings.HasPrefix(path, "spec.catalog.") && leaf == slug:
			bodies = append(bodies, path)
		case at.line >= 1 && at.line <= len(lines) && states(lines[at.line-1], at.column, leaf, slug):
			names = append(names, path)
		}
	}
	byPlace := func(a, b string) int {
		at, to := p.src.pos[a], p.src.pos[b]
		likely := func(path string) int { // what is called like the kind
			if last := kind[strings.LastIndex(kind, "_")+1:]; strings.HasSuffix(path, last) {
				return 0
			}
			return 1
		}
		return cmp.Or(cmp.Compare(likely(a), likely(b)), cmp.Compare(at.line, to.line), cmp.Compare(at.column, to.column), cmp.Compare(a, b))
	}
	slices.SortFunc(bodies, byPlace)
	slices.SortFunc(names, byPlace)
	for _, found := range [][]string{bodies, names} {
		if len(found) > 0 {
			return found[0]
		}
	}
	return "spec"
}

// states reports whether a line says, from a column on, that a key has a value.
func states(line string, column int, key, value string) bool {
	if column < 1 || column > len(line) {
		return false
	}
	after, is := strings.CutPrefix(line[column-1:], key+":")
	rest, is2 := strings.CutPrefix(strings.TrimLeft(after, ` "'`), value)
	return is && is2 && (rest == "" || strings.ContainsAny(rest[:1], ` "',}]#`))
}
