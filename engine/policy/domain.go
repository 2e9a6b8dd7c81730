package policy

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
)

// domain is what a spot may be, as far as a rule has said.
type domain struct {
	listed  bool        // it is one of the values; of none, it is never there
	values  []ast.Value // sorted
	from    *limit      // it is no less
	to      *limit      // it is no more
	whole   bool        // a whole number
	types   []string    // as people call them; nil for any
	pattern *pattern    // of texts; nil for any
	like    string      // examples
	admits  func(ast.Value) bool
}

// limit is an end of what a spot may be.
type limit struct {
	value ast.Value
	open  bool // not that itself
}

// beyond reports whether a value is outside of a bound; sign is -1 for a lower one.
func (b *limit) beyond(v ast.Value, sign int) bool {
	if b == nil {
		return false
	}
	c := v.Compare(b.value) * sign
	return c > 0 || c == 0 && b.open
}

// has reports whether the spot may have a value.
func (d *domain) has(v ast.Value) bool {
	if d.listed {
		return slices.ContainsFunc(d.values, func(x ast.Value) bool { return x.Compare(v) == 0 })
	}
	return !d.from.beyond(v, -1) && !d.to.beyond(v, 1) && (d.admits == nil || d.admits(v))
}

// among is the domain with no values but the given ones.
func (d *domain) among(values []ast.Value) *domain {
	out := &domain{listed: true, admits: d.admits}
	for _, v := range values {
		if d.has(v) && !out.has(v) {
			out.values = append(out.values, v)
		}
	}
	return out
}

// within is the domain where it compares with a constant as an operator says.
func (d *domain) within(operator string, v ast.Value) *domain {
	out := *d
	end := &limit{value: v, open: operator == ast.LessThan.Name || operator == ast.GreaterThan.Name}
	step := 1
	if operator == ast.LessThan.Name || operator == ast.LessThanEq.Name {
		step = -1
	}
	if n, isNumber := v.(ast.Number); isNumber && d.whole && end.open {
		if i, is := n.Int(); is {
			end = &limit{value: ast.IntNumberTerm(i + step).Value}
		}
	}
	tighter := func(than *limit) bool {
		if than == nil {
			return true
		}
		c := end.value.Compare(than.value) * step
		return c > 0 || c == 0 && end.open
	}
	switch {
	case step < 0 && tighter(d.to):
		out.to = end
	case step > 0 && tighter(d.from):
		out.from = end
	}
	return &out
}

// empty reports whether there is nothing that the spot may be.
func (d *domain) empty() bool {
	if d.listed {
		return len(d.values) == 0
	}
	if d.from == nil || d.to == nil {
		return false
	}
	c := d.from.value.Compare(d.to.value)
	return c > 0 || c == 0 && (d.from.open || d.to.open)
}

// or is what a spot may be that is one of two.
func (d *domain) or(other *domain) *domain {
	if d.listed && other.listed {
		out := &domain{listed: true, admits: d.admits, values: slices.Clone(d.values)}
		for _, v := range other.values {
			if !out.has(v) {
				out.values = append(out.values, v)
			}
		}
		return out
	}
	return nil
}

// String is what a spot may be, for people.
func (d *domain) String() string {
	if !d.listed {
		var said []string
		for _, end := range []struct {
			of          *limit
			open, close string
		}{{d.from, "more than", "at least"}, {d.to, "less than", "at most"}} {
			switch {
			case end.of != nil && end.of.open:
				said = append(said, fmt.Sprintf("%s %v", end.open, end.of.value))
			case end.of != nil:
				said = append(said, fmt.Sprintf("%s %v", end.close, end.of.value))
			}
		}
		types := strings.Join(d.types, " or ")
		switch {
		case d.like == referenceSays:
			types = d.like
		case d.like != "":
			types = strings.TrimSpace(types + " such as " + d.like)
		}
		return cmp.Or(strings.Join(said, " and "), types)
	}
	if len(d.values) > mostShown {
		return ""
	}
	return d.list()
}

// list is all that the spot may be.
func (d *domain) list() string {
	texts := make([]string, len(d.values))
	for i, v := range d.values {
		texts[i] = v.String()
	}
	return strings.Join(texts, " or ")
}

// never reports whether there is no such spot.
func (d *domain) never() bool { return d.listed && len(d.values) == 0 }

// mostShown is how many values of a spot are listed.
const mostShown = 6
