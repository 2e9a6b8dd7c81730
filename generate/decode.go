package generate

import (
	"math"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// custom is a value that reads itself from a node.
type custom interface {
	decodeNode(d *decoder, n *yaml.Node, path string)
}

// decoder reads YAML nodes into the types of the language by their json and
// jsonschema tags, remembers the position of each path, and reports all that
// is wrong instead of stopping.
type decoder struct {
	fs  *findings
	pos map[string]position

	lenient bool // a key that is like none of the known ones is left alone
}

// walk refuses what the language does not have, aliases and tags, and what no text of
// NetBox's may hold.
func (d *decoder) walk(n *yaml.Node) {
	if n.Kind == yaml.AliasNode {
		d.at(n, "", "write the value out", "YAML aliases are not supported")
		return
	}
	if n.Style&yaml.TaggedStyle != 0 {
		d.at(n, "", "write the value alone, text that looks like a number in quotes", "the YAML tag %s is not supported", n.ShortTag())
	}
	if strings.ContainsRune(n.Value, 0) {
		d.at(n, "", "take the \\0 out", "NetBox refuses a text with a NUL character")
	}
	for _, c := range n.Content {
		d.walk(c)
	}
}

func (d *decoder) at(n *yaml.Node, path, hint, format string, args ...any) {
	d.fs.addAt(position{n.Line, n.Column}, path, hint, format, args...)
}

func (d *decoder) decode(n *yaml.Node, into any) {
	d.pos[""] = position{n.Line, n.Column}
	d.value(n, reflect.ValueOf(into).Elem(), "", "")
}

// value reads a node into v. A null leaves v as it is: null is not stated.
func (d *decoder) value(n *yaml.Node, v reflect.Value, path, tag string) {
	if c, ok := v.Addr().Interface().(custom); ok {
		if !isNull(n) {
			c.decodeNode(d, n, path)
		}
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		d.structure(n, v, path)
	case reflect.Map:
		d.keyed(n, v, path)
	case reflect.Slice:
		d.list(n, v, path)
	case reflect.Pointer:
		if !isNull(n) {
			v.Set(reflect.New(v.Type().Elem()))
			d.value(n, v.Elem(), path, tag)
		}
	case reflect.Interface:
		if x := d.free(n, path); x != nil {
			v.Set(reflect.ValueOf(x))
		}
	default:
		d.scalar(n, v, path, tag)
	}
}

// isNull tells whether a node states nothing. An alias, which walk reports, does not either.
func isNull(n *yaml.Node) bool {
	return n.Kind == yaml.AliasNode || n.Kind == yaml.ScalarNode && n.ShortTag() == "!!null"
}

// pairs calls f for each key of a mapping; keys given twice are findings.
func (d *decoder) pairs(n *yaml.Node, path string, f func(key string, k, v *yaml.Node)) {
	if n.Kind != yaml.MappingNode {
		if !isNull(n) {
			d.at(n, path, "", "%s where a mapping is needed", kindName(n))
		}
		return
	}
	seen := map[string]int{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		k, v := n.Content[i], n.Content[i+1]
		if k.Kind != yaml.ScalarNode || isNull(k) {
			d.at(k, path, "", "the key is not text")
			continue
		}
		if line, dup := seen[k.Value]; dup {
			d.at(k, joinPath(path, k.Value), "", "the key %q is given twice, first in line %d", k.Value, line)
			continue
		}
		seen[k.Value] = k.Line
		f(k.Value, k, v)
	}
}

func joinPath(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}

func kindName(n *yaml.Node) string {
	switch n.Kind {
	case yaml.MappingNode:
		return "a mapping"
	case yaml.SequenceNode:
		return "a list"
	}
	return "a single value"
}

// field is one key of a struct of the language.
type field struct {
	index    []int // of embedded structs too
	name     string
	tag      string
	required bool
	short    bool // a single value stands for it
}

func fieldsOf(t reflect.Type) []field {
	var list []field
	for _, f := range reflect.VisibleFields(t) {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if !f.IsExported() || name == "" || name == "-" {
			continue
		}
		tag := f.Tag.Get("jsonschema")
		list = append(list, field{f.Index, name, tag, tag == "required" || strings.HasPrefix(tag, "required,"), f.Tag.Get("short") != ""})
	}
	return list
}

// structure reads a mapping; a single value stands for the field that it is short for, if
// there is one.
func (d *decoder) structure(n *yaml.Node, v reflect.Value, path string) {
	fields := fieldsOf(v.Type())
	if i := slices.IndexFunc(fields, func(f field) bool { return f.short }); i >= 0 && n.Kind == yaml.ScalarNode && !isNull(n) {
		d.value(n, v.FieldByIndex(fields[i].index), path, fields[i].tag)
		return
	}
	given := map[string]bool{}
	d.pairs(n, path, func(key string, k, val *yaml.Node) {
		p := joinPath(path, key)
		d.pos[p] = position{k.Line, k.Column}
		for _, f := range fields {
			if f.name == key {
				given[key] = !isNull(val)
				d.value(val, v.FieldByIndex(f.index), p, f.tag)
				return
			}
		}
		hint := d.fs.near(key, fieldNames(fields))
		if !d.lenient || slipped(key, fieldNames(fields)) {
			d.at(k, p, hint, "unknown key %q", key)
		}
	})
	for _, f := range fields {
		if f.required && !given[f.name] {
			d.at(n, joinPath(path, f.name), "", "%q is missing", f.name)
		}
	}
}

// slipped reports whether a key is a known one but for a letter or two.
func slipped(key string, known []string) bool {
	return len(key) > 3 && slices.ContainsFunc(known, func(k string) bool { return distance(key, k) <= 2 })
}

func fieldNames(fields []field) []string {
	names := make([]string, len(fields))
	for i, f := range fields {
		names[i] = f.name
	}
	return names
}

func (d *decoder) keyed(n *yaml.Node, v reflect.Value, path string) {
	d.pairs(n, path, func(key string, k, val *yaml.Node) {
		p := joinPath(path, key)
		d.pos[p] = position{k.Line, k.Column}
		if v.IsNil() {
			v.Set(reflect.MakeMap(v.Type()))
		}
		elem := reflect.New(v.Type().Elem()).Elem()
		d.value(val, elem, p, "")
		v.SetMapIndex(reflect.ValueOf(key), elem)
	})
}

func (d *decoder) list(n *yaml.Node, v reflect.Value, path string) {
	if n.Kind != yaml.SequenceNode {
		if !isNull(n) {
			d.at(n, path, "write [a, b]", "%s where a list is needed", kindName(n))
		}
		return
	}
	v.Set(reflect.MakeSlice(v.Type(), len(n.Content), len(n.Content)))
	for i, c := range n.Content {
		p := indexPath(path, i)
		d.pos[p] = position{c.Line, c.Column}
		d.value(c, v.Index(i), p, "")
	}
}

// scalar reads a text, number or truth value, and holds it against its tag.
func (d *decoder) scalar(n *yaml.Node, v reflect.Value, path, tag string) {
	if isNull(n) {
		return
	}
	if n.Kind != yaml.ScalarNode {
		d.at(n, path, "", "%s where %s is needed", kindName(n), typeName(v.Kind()))
		return
	}
	short := n.ShortTag()
	if v.Kind() != reflect.String && d.octal(n, path) {
		return
	}
	switch v.Kind() {
	case reflect.String:
		if short == "!!bool" || short == "!!binary" {
			d.at(n, path, "put it in quotes", "%s where text is needed", n.Value)
			return
		}
		n.Value = strings.TrimSpace(n.Value) // as NetBox does with every text that it stores
		v.SetString(n.Value)
		d.constrainText(n, path, tag)
	case reflect.Int:
		var i int64
		if short != "!!int" || n.Decode(&i) != nil || i < -math.MaxInt32 || i > math.MaxInt32 {
			d.at(n, path, "", "%q where a number is needed", n.Value)
			return
		}
		v.SetInt(i)
		d.constrainNumber(n, float64(i), path, tag)
	case reflect.Float64:
		var f float64
		if short != "!!int" && short != "!!float" || n.Decode(&f) != nil || math.IsNaN(f) || math.IsInf(f, 0) {
			d.at(n, path, "", "%q where a number is needed", n.Value)
			return
		}
		v.SetFloat(f)
		d.constrainNumber(n, f, path, tag)
	case reflect.Bool:
		var b bool
		if short != "!!bool" || n.Decode(&b) != nil {
			d.at(n, path, "", "%q where true or false is needed", n.Value)
			return
		}
		v.SetBool(b)
	}
}

func typeName(k reflect.Kind) string {
	switch k {
	case reflect.String:
		return "text"
	case reflect.Bool:
		return "true or false"
	}
	return "a number"
}

// constrainText holds a text against enum=, pattern=, minLength= and maxLength= of its tag.
func (d *decoder) constrainText(n *yaml.Node, path, tag string) {
	var enum []string
	for item := range strings.SplitSeq(tag, ",") {
		name, value, _ := strings.Cut(item, "=")
		switch name {
		case "enum":
			enum = append(enum, value)
		case "pattern":
			if !regexp.MustCompile(value).MatchString(n.Value) {
				d.at(n, path, "it must match "+value, "%q is not valid here", n.Value)
			}
		case "minLength":
			if limit, err := strconv.Atoi(value); err == nil && utf8.RuneCountInString(n.Value) < limit {
				hint := "leave it out, or say what it is"
				if strings.HasPrefix(tag, "required") {
					hint = "say what it is"
				}
				d.at(n, path, hint, "it is empty")
			}
		case "maxLength":
			if limit, err := strconv.Atoi(value); err == nil && utf8.RuneCountInString(n.Value) > limit {
				d.at(n, path, "", "it has %d characters, and NetBox takes at most %d", utf8.RuneCountInString(n.Value), limit)
			}
		}
	}
	for _, e := range enum {
		if e == n.Value {
			return
		}
	}
	if len(enum) > 0 {
		d.at(n, path, d.fs.near(n.Value, enum), "%q is not valid here", n.Value)
	}
}

func valueOf(pointer any) reflect.Value { return reflect.ValueOf(pointer).Elem() }
