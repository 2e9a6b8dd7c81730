package generate

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// patternAt is a pattern as written, and where.
type patternAt struct{ path, text string }

// pattern is a parsed name pattern.
type pattern struct {
	parts []patternPart
	ranks bool // it holds {rack}
}

// patternPart is a literal text, or a placeholder with its width.
type patternPart struct {
	literal string
	word    string
	width   int
	add     int // to {n}
}

// scope holds the values of the placeholders for one device.
type scope struct {
	words map[string]string
	rack  string
	n     int
}

// words are the placeholders that mean something for a device, by their value;
// {rack} and {n} have their values only later.
func (d *device) words() []string {
	words := []string{"site", "class", "role", "n", "index"}
	if d.fabric != "" {
		words = append(words, "fabric")
	}
	if d.place != nil {
		words = append(words, "pool", "rack")
	}
	return words
}

// compilePattern parses a pattern; placeholders that mean nothing here are findings.
func (m *model) compilePattern(path, text string, words []string) *pattern {
	p := &pattern{}
	for text != "" {
		open := strings.IndexAny(text, "{}")
		if open < 0 {
			p.parts = append(p.parts, patternPart{literal: text})
			break
		}
		if open > 0 {
			p.parts = append(p.parts, patternPart{literal: text[:open]})
		}
		end := strings.IndexByte(text[open:], '}')
		if text[open] == '}' || end < 0 {
			m.fs.add(path, "", "the braces in the pattern do not match up")
			break
		}
		part, err := parsePlaceholder(text[open+1:open+end], words)
		if err != nil {
			m.fs.add(path, "use "+placeholders(words), "%v", err)
		}
		p.ranks = p.ranks || part.word == "rack"
		p.parts = append(p.parts, part)
		text = text[open+end+1:]
	}
	return p
}

func placeholders(words []string) string {
	words = slices.Sorted(slices.Values(words))
	return "{" + strings.Join(words, "} {") + "}"
}

func parsePlaceholder(s string, words []string) (patternPart, error) {
	word, format, hasFormat := strings.Cut(s, ":")
	part := patternPart{}
	if i := strings.IndexAny(word, "+-"); i > 0 {
		add, err := strconv.Atoi(word[i:])
		if counts := word[:i] == "n" || word[:i] == "index" || word[:i] == "lane"; err != nil || !counts || add < -1 || add > maxNodes {
			return part, fmt.Errorf("the placeholder {%s} has no meaning here: from 0 on is {n-1}, from 17 on {n+16}", s)
		}
		word, part.add = word[:i], add
	}
	if !slices.Contains(words, word) {
		return patternPart{}, fmt.Errorf("the placeholder {%s} has no meaning here", s)
	}
	if word == "index" || word == "lane" {
		word = "n"
	}
	part.word = word
	if !hasFormat {
		return part, nil
	}
	digits := strings.TrimSuffix(format, "d")
	width, err := strconv.Atoi(digits)
	if word != "n" || !isNumber(digits) || err != nil || width > 20 {
		return patternPart{}, fmt.Errorf("the placeholder {%s} has no valid width", s)
	}
	part.width = width
	return part, nil
}

// expand fills a pattern in.
func (p *pattern) expand(s *scope) string {
	if p == nil {
		return ""
	}
	var b strings.Builder
	for _, part := range p.parts {
		switch part.word {
		case "":
			b.WriteString(part.literal)
		case "n":
			digits := strconv.Itoa(s.n + part.add)
			for range part.width - len(digits) {
				b.WriteByte('0')
			}
			b.WriteString(digits)
		case "rack":
			b.WriteString(s.rack)
		default:
			b.WriteString(s.words[part.word])
		}
	}
	return b.String()
}

// scope begins the scope of a class's devices.
func (m *model) scope(d *device) *scope {
	s := &scope{words: map[string]string{
		"site": m.plan.Spec.Site.Slug, "class": d.key, "role": d.role, "fabric": d.fabric,
	}}
	if d.place != nil {
		s.words["pool"] = d.place.pool.key
	}
	return s
}

// fieldSet is what defaults and a class's set state, merged and parsed.
type fieldSet struct {
	description, tenant, platform, comments *pattern
	tags                                    []*pattern // nil is not stated
	known                                   tagSet
	custom                                  map[string]any
}

// compileFields merges a class's set over the defaults, field by field; custom
// fields one by one, tags as a whole.
func (m *model) compileFields(d *device, set Fields) *fieldSet {
	def := m.plan.Spec.Defaults.Fields
	m.compileParts(d, def, set)
	text := func(name string, own, other *string) *pattern {
		switch {
		case own != nil:
			return m.compilePattern(d.path+".set."+name, *own, d.words())
		case other != nil:
			return m.compilePattern("spec.defaults."+name, *other, d.words())
		}
		return nil
	}
	out := &fieldSet{
		description: text("description", set.Description, def.Description),
		tenant:      text("tenant", set.Tenant, def.Tenant),
		platform:    text("platform", set.Platform, def.Platform),
		comments:    text("comments", set.Comments, def.Comments),
	}
	path, list := "spec.defaults.tags", def.Tags
	if set.Tags != nil {
		path, list = d.path+".set.tags", set.Tags
	}
	out.known = m.tags
	if list != nil {
		out.tags = []*pattern{}
	}
	for i, t := range list {
		out.tags = append(out.tags, m.compilePattern(indexPath(path, i), t, d.words()))
	}
	if len(def.CustomFields)+len(set.CustomFields) > 0 {
		merged := maps.Clone(def.CustomFields)
		if merged == nil {
			merged = map[string]any{}
		}
		maps.Copy(merged, set.CustomFields)
		m.checkCustom("spec.defaults.customFields", def.CustomFields)
		m.checkCustom(d.path+".set.customFields", set.CustomFields)
		out.custom = m.compileCustom(merged, d.path+".set.customFields", d.words()).(map[string]any)
	}
	return out
}

// checkCustom refuses custom fields that are diet's own.
func (m *model) checkCustom(path string, fields map[string]any) {
	for _, name := range sortedKeys(fields) {
		if slices.Contains(marks, name) {
			m.fs.add(path+"."+name, "leave it out", "%s is diet's own, which says whose an object is: no plan states it", name)
		}
	}
}

// compileCustom turns the texts of a custom field's value into patterns.
func (m *model) compileCustom(v any, path string, words []string) any {
	switch v := v.(type) {
	case string:
		return m.compilePattern(path, v, words)
	case []any:
		out := make([]any, len(v))
		for i, x := range v {
			out[i] = m.compileCustom(x, indexPath(path, i), words)
		}
		return out
	case map[string]any:
		out := make(map[string]any, len(v))
		for _, k := range sortedKeys(v) {
			out[k] = m.compileCustom(v[k], path+"."+k, words)
		}
		return out
	}
	return v
}

// fill sets the fields of a device.
func (f *fieldSet) fill(dev *Device, s *scope) {
	text := func(p *pattern) *string {
		if p == nil {
			return nil
		}
		t := p.expand(s)
		return &t
	}
	dev.Description, dev.Comments = text(f.description), text(f.comments)
	dev.Tenant, dev.Platform = text(f.tenant), text(f.platform)
	if f.tags != nil {
		dev.Tags = []string{}
		for _, t := range f.tags {
			if slug := f.known.slug(t.expand(s)); slug != "" {
				dev.Tags = append(dev.Tags, slug)
			}
		}
		slices.Sort(dev.Tags)
		dev.Tags = slices.Compact(dev.Tags)
	}
	if f.custom != nil {
		dev.CustomFields = fillCustom(f.custom, s).(map[string]any)
	}
}

func fillCustom(v any, s *scope) any {
	switch v := v.(type) {
	case *pattern:
		return v.expand(s)
	case []any:
		out := make([]any, len(v))
		for i, x := range v {
			out[i] = fillCustom(x, s)
		}
		return out
	case map[string]any:
		out := make(map[string]any, len(v))
		for k, x := range v {
			out[k] = fillCustom(x, s)
		}
		return out
	}
	return v
}
