package generate

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"
)

// tagSet are the tags of a plan: how each is written, and its slug.
type tagSet struct {
	slugs map[string]string // of the catalog, by slug and by name
	names map[string]string // by slug, as they are written
}

// compileTags reads the tags of the catalog: those whose slug is not made of their name.
func (m *model) compileTags() {
	m.tags = tagSet{map[string]string{}, map[string]string{}}
	list := m.plan.Spec.Catalog.Tags
	for _, slug := range sortedKeys(list) {
		path, name := "spec.catalog.tags."+slug, slug
		m.checkSlug(path, slug)
		if body := list[slug]; body != nil {
			name = cmp.Or(body.Name, slug)
		}
		if other := m.tags.slugs[name]; other != "" && other != slug {
			m.fs.add(path, "NetBox takes a name once", "the tags %s and %s have one name, %q", other, slug, name)
		}
		m.tags.slugs[slug], m.tags.slugs[name], m.tags.names[slug] = slug, slug, name
	}
}

// slug is that of a tag as a plan writes it.
func (t tagSet) slug(text string) string {
	text = strings.TrimSpace(text)
	return cmp.Or(t.slugs[text], slugify(text))
}

// checkTags reports tags that have no slug, or share one, and keeps how they are written.
func (m *model) checkTags() {
	for _, c := range m.classes {
		m.checkTagsOf(&c.device, c.n)
	}
	for _, c := range m.nodes {
		m.checkTagsOf(&c.device, len(c.ords))
	}
}

func (m *model) checkTagsOf(d *device, n int) {
	if d.set == nil {
		return
	}
	s := m.scope(d)
	for i, p := range d.set.tags {
		path := indexPath(d.path+".set.tags", i)
		if _, own := m.fs.src.pos[path]; !own {
			path = indexPath("spec.defaults.tags", i)
		}
		for k := range n {
			if k > 0 && !p.varies() {
				break
			}
			m.inScope(s, d, d.ord(k))
			m.checkTag(path, strings.TrimSpace(p.expand(s)))
		}
	}
}

// checkTag reports what NetBox cannot have for a tag; an empty text is none.
func (m *model) checkTag(path, text string) {
	slug := m.tags.slug(text)
	name, known := m.tags.names[slug]
	switch {
	case text == "":
	case slug == "":
		m.fs.add(path, fmt.Sprintf("choose one: spec.catalog.tags: {SLUG: {name: %s}}", text), "no slug can be made of the tag %q", text)
	case utf8.RuneCountInString(text) > maxSlug:
		m.checkLength(path, "tag", text, maxSlug)
	case !known:
		m.tags.names[slug] = text
	case name != text && (slug != text || m.tags.slugs[slug] == ""):
		m.fs.add(path, "write them alike, or give one its own slug under spec.catalog.tags",
			"the tags %q and %q share the slug %q", name, text, slug)
	}
}

// varies tells whether a pattern may differ between the devices of a class.
func (p *pattern) varies() bool {
	return p != nil && slices.ContainsFunc(p.parts, func(part patternPart) bool { return part.word == "n" || part.word == "rack" })
}

// of gives the tags of all devices.
func (t tagSet) of(devices []Device) []Tag {
	seen := map[string]bool{}
	for i := range devices {
		for _, slug := range devices[i].Tags {
			seen[slug] = true
		}
	}
	out := []Tag{}
	for _, slug := range slices.Sorted(maps.Keys(seen)) {
		out = append(out, Tag{Slug: slug, Name: cmp.Or(t.names[slug], slug)})
	}
	return out
}

// slugify makes a NetBox slug of a text: letters with marks lose them, and what is no
// ASCII then is left out.
func slugify(s string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(s) {
		if r >= utf8.RuneSelf {
			if r = unmarked(r); r == 0 {
				continue
			}
		}
		switch {
		case r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '_':
			b.WriteRune(r)
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
		}
	}
	return strings.TrimSuffix(b.String(), "-")
}

// marked are the lower-case letters with marks, behind the letter that each is without.
var marked = []string{
	"aàáâãäåāăąǎ", "cçćĉċč", "dď", "eèéêëēĕėęě", "gĝğġģǧ", "hĥ", "iìíîïĩīĭįǐ", "jĵ", "kķǩ", "lĺļľ", "nñńņňǹ",
	"oòóôõöōŏőơǒ", "rŕŗř", "sśŝşšș", "tţťț", "uùúûüũūŭůűųưǔ", "wŵẁẃẅ", "yýÿŷỳ", "zźżž",
}

// unmarked is a letter without its marks; 0 for what is none of ASCII's.
func unmarked(r rune) rune {
	for _, letters := range marked {
		if strings.ContainsRune(letters, r) {
			return rune(letters[0])
		}
	}
	return 0
}
