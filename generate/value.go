package generate

import (
	"cmp"
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// constrainNumber holds a number against minimum=, maximum= and multipleOf= of its tag.
func (d *decoder) constrainNumber(n *yaml.Node, x float64, path, tag string) {
	for item := range strings.SplitSeq(tag, ",") {
		name, value, _ := strings.Cut(item, "=")
		limit, err := strconv.ParseFloat(value, 64)
		switch {
		case err != nil:
		case name == "minimum" && x < limit:
			d.at(n, path, "", "%s is below %s", n.Value, value)
		case name == "maximum" && x > limit:
			d.at(n, path, "", "%s is above %s", n.Value, value)
		case name == "multipleOf" && math.Abs(x/limit-math.Round(x/limit)) > rounding:
			d.at(n, path, "", "%s is not a multiple of %s", n.Value, value)
		}
	}
}

// rounding is how far a quotient of two decimals may be from a whole number.
const rounding = 1e-6

func indexPath(path string, i int) string { return fmt.Sprintf("%s[%d]", path, i) }

// free reads any value, as of a custom field: nil, bool, int, float64, string,
// []any or map[string]any.
func (d *decoder) free(n *yaml.Node, path string) any {
	switch n.Kind {
	case yaml.AliasNode:
		return nil
	case yaml.MappingNode:
		m := map[string]any{}
		d.pairs(n, path, func(key string, _, v *yaml.Node) {
			m[key] = d.free(v, joinPath(path, key))
		})
		return m
	case yaml.SequenceNode:
		list := make([]any, len(n.Content))
		for i, c := range n.Content {
			list[i] = d.free(c, indexPath(path, i))
		}
		return list
	}
	if d.octal(n, path) {
		return nil
	}
	return freeScalar(n)
}

// octal reports a number that begins with 0, which YAML takes to be of base 8 and people do not.
func (d *decoder) octal(n *yaml.Node, path string) bool {
	var i int
	if n.ShortTag() != "!!int" || !leadingZero.MatchString(n.Value) || n.Decode(&i) != nil {
		return false
	}
	d.at(n, path, fmt.Sprintf("write %d or, where it is text, %q", i, n.Value), "YAML reads %s as %d", n.Value, i)
	return true
}

var leadingZero = regexp.MustCompile(`^[-+]?0[0-9_]+$`)

func freeScalar(n *yaml.Node) any {
	var (
		i int
		f float64
		b bool
	)
	switch tag := n.ShortTag(); {
	case tag == "!!null":
		return nil
	case tag == "!!bool" && n.Decode(&b) == nil:
		return b
	case tag == "!!int" && n.Decode(&i) == nil:
		return i
	case tag == "!!float" && n.Decode(&f) == nil && !math.IsNaN(f) && !math.IsInf(f, 0):
		return f
	}
	return n.Value
}

// decodeNode reads a slug, or {slug, name, region}.
func (s *SiteSpec) decodeNode(d *decoder, n *yaml.Node, path string) {
	if n.Kind == yaml.ScalarNode {
		if name := strings.TrimSpace(n.Value); !isNull(n) && !siteSlug.MatchString(name) {
			d.at(n, path, fmt.Sprintf("write {slug: %s, name: %s}", cmp.Or(slugify(name), "SLUG"), name), "%q is no slug", name)
			return
		}
		d.scalar(n, valueOf(&s.Slug), path, "pattern="+slugPattern+",maxLength=100")
		return
	}
	type plain SiteSpec
	d.embedded(n, (*plain)(s), path)
}

// decodeNode reads the fields of a cable. NetBox refuses a length without a unit, and
// forgets a unit without a length.
func (c *CableSpec) decodeNode(d *decoder, n *yaml.Node, path string) {
	type plain CableSpec
	d.embedded(n, (*plain)(c), path)
	switch {
	case c.Length != nil && c.LengthUnit == nil:
		d.at(n, joinPath(path, "length"), "add lengthUnit: m", "the length has no unit")
	case c.Length == nil && c.LengthUnit != nil:
		d.at(n, joinPath(path, "lengthUnit"), "add a length", "the unit has no length")
	}
}

const slugPattern = "^[-a-zA-Z0-9_]+$"

var siteSlug = regexp.MustCompile(slugPattern)

var statuses = []string{"offline", "active", planned, "staged", "failed", "inventory", "decommissioning"}

// decodeNode reads one of the statuses.
func (s *Status) decodeNode(d *decoder, n *yaml.Node, path string) {
	type plain Status
	d.value(n, valueOf((*plain)(s)), path, oneOf(statuses))
}

// oneOf is the tag of an enumeration.
func oneOf(words []string) string { return "enum=" + strings.Join(words, ",enum=") }

// decodeNode reads auto or a number.
func (c *Count) decodeNode(d *decoder, n *yaml.Node, path string) {
	if n.Kind == yaml.ScalarNode && n.Value == "auto" {
		return
	}
	var i int
	if d.octal(n, path) {
		return
	}
	if n.Kind != yaml.ScalarNode || n.ShortTag() != "!!int" || n.Decode(&i) != nil || i < 0 || i > math.MaxInt32 {
		d.at(n, path, "write auto or a number", "%s is not a count", describe(n))
		return
	}
	*c = Count{Pinned: true, N: i}
}

// describe names a node in a message.
func describe(n *yaml.Node) string {
	if n.Kind == yaml.ScalarNode {
		return strconv.Quote(n.Value)
	}
	return kindName(n)
}

// decodeNode reads a word, or a list of ports.
func (a *Alloc) decodeNode(d *decoder, n *yaml.Node, path string) {
	if n.Kind == yaml.ScalarNode {
		d.scalar(n, valueOf(&a.Word), path, "enum=sequential,enum=interleaved,enum=spaced")
		return
	}
	if n.Kind != yaml.SequenceNode {
		d.at(n, path, "", "%s where a word or a list of ports is needed", kindName(n))
		return
	}
	a.List = []int{}
	for i, c := range n.Content {
		list, err := parsePortItem(c.Value)
		if c.Kind != yaml.ScalarNode || err != nil {
			d.at(c, indexPath(path, i), "", "%s is not a port number", describe(c))
			continue
		}
		if a.List = append(a.List, list...); len(a.List) > 2*maxPort {
			d.at(n, path, "", "the list of ports is too long")
			return
		}
	}
}

// decodeNode reads a word, or {default, fields}.
func (r *RemediationSpec) decodeNode(d *decoder, n *yaml.Node, path string) {
	if n.Kind == yaml.ScalarNode {
		d.scalar(n, valueOf(&r.Default), path, oneOf(remediations))
		return
	}
	type plain RemediationSpec
	d.embedded(n, (*plain)(r), path)
}

// embedded reads a mapping into a struct whose own type reads itself.
func (d *decoder) embedded(n *yaml.Node, into any, path string) {
	d.value(n, valueOf(into), path, "")
}
