package generate

import (
	"fmt"
	"maps"
)

// Custom fields may be stated of every kind that a plan owns: of all objects of a kind in
// spec.defaults, of those of a class in its set, and of a thing where the plan names it. The
// nearest statement wins, field by field.

// deviceKinds are the kinds of what a device has, and of the cables that begin at it, with what
// defaults and a class's set call them.
var deviceKinds = []struct {
	kind, word string
	spec       func(*Fields) ObjectSpec
}{
	{"module", "modules", func(f *Fields) ObjectSpec { return f.Modules }},
	{"module_bay", "moduleBays", func(f *Fields) ObjectSpec { return f.ModuleBays }},
	{interfaceKind, "interfaces", func(f *Fields) ObjectSpec { return f.Interfaces }},
	{"console_port", "consolePorts", func(f *Fields) ObjectSpec { return f.ConsolePorts }},
	{"console_server_port", "consoleServerPorts", func(f *Fields) ObjectSpec { return f.ConsoleServerPorts }},
	{"power_port", "powerPorts", func(f *Fields) ObjectSpec { return f.PowerPorts }},
	{"power_outlet", "powerOutlets", func(f *Fields) ObjectSpec { return f.PowerOutlets }},
	{cableKind, "cables", func(f *Fields) ObjectSpec { return f.Cables }},
}

// cableKind is NetBox's kind of cables.
const cableKind = "cable"

// customs are custom fields whose texts are parsed, with what they were last filled in for.
type customs struct {
	fields map[string]any
	varies bool // a text depends on the object
	last   any
	filled map[string]any
}

// compileCustoms parses the custom fields that are stated at a path; nil where there are none.
func (m *model) compileCustoms(path string, fields map[string]any, words []string) *customs {
	path += ".customFields"
	m.checkCustom(path, fields)
	if len(fields) == 0 {
		return nil
	}
	m.states = true
	out, _ := m.compileCustom(fields, path, words).(map[string]any)
	return &customs{fields: out, varies: varies(out)}
}

// varies reports whether a text of a value has a placeholder.
func varies(v any) bool {
	switch v := v.(type) {
	case *pattern:
		for _, part := range v.parts {
			if part.word != "" {
				return true
			}
		}
	case []any:
		for _, x := range v {
			if varies(x) {
				return true
			}
		}
	case map[string]any:
		for _, x := range v {
			if varies(x) {
				return true
			}
		}
	}
	return false
}

// over lays custom fields over others, one by one.
func (c *customs) over(under *customs) *customs {
	switch {
	case c == nil:
		return under
	case under == nil:
		return c
	}
	fields := maps.Clone(under.fields)
	maps.Copy(fields, c.fields)
	return &customs{fields: fields, varies: varies(fields)}
}

// of fills custom fields in for an object, which those of one scope share.
func (c *customs) of(object any, scope func() *scope) map[string]any {
	if c == nil {
		return nil
	}
	if c.filled == nil || c.varies && c.last != object {
		c.filled, _ = fillCustom(c.fields, scope()).(map[string]any)
		c.last = object
	}
	return c.filled
}

// compileParts reads the custom fields of what the devices of a class have.
func (m *model) compileParts(d *device, def, set Fields) {
	for _, k := range deviceKinds {
		under := m.compileCustoms("spec.defaults."+k.word, k.spec(&def).CustomFields, d.words())
		own := m.compileCustoms(d.path+".set."+k.word, k.spec(&set).CustomFields, d.words())
		if all := own.over(under); all != nil {
			if d.parts == nil {
				d.parts = map[string]*customs{}
			}
			d.parts[k.kind] = all
		}
	}
}

// customKey is what decides which custom fields a thing has: the class, the kind, and where the
// plan names it.
type customKey struct {
	class *device
	kind  string
	own   *customs
}

// custom are the custom fields of a thing that a device has, or of a cable that begins at it.
func (e *emitter) custom(b *bucket, kind string, own *customs) map[string]any {
	if !e.states || b.class == nil {
		return nil
	}
	k := customKey{b.class, kind, own}
	all, known := e.customs[k]
	if !known {
		all = own.over(b.class.parts[kind])
		if own != nil && all == own {
			all = &customs{fields: own.fields, varies: own.varies} // which is filled in for another class too
		}
		e.customs[k] = all
	}
	return all.of(b, func() *scope {
		s := e.scope(b.class)
		e.inScope(s, b.class, b.device.Ordinal)
		return s
	})
}

// rackCustom are the custom fields of a rack.
func (m *model) rackCustom(p *pool, i int) map[string]any {
	return p.custom.of(i, func() *scope {
		words := map[string]string{"site": m.plan.Spec.Site.Slug, "pool": p.key}
		return &scope{words: words, rack: m.rackName(p, i), n: i + 1}
	})
}

// setCustom adds custom fields to those of an object.
func setCustom(fields, custom map[string]any) {
	for name, value := range custom {
		fields["cf."+name] = value
	}
}

// stateCustom tells objects apart by their custom fields.
func stateCustom(buf []byte, custom map[string]any) []byte {
	if len(custom) == 0 {
		return buf
	}
	return fmt.Appendf(append(buf, 'f'), "%#v", custom)
}

// CustomFieldsAt says where a plan states the custom fields of a kind.
func CustomFieldsAt(kind string) string {
	for _, k := range deviceKinds {
		if k.kind == kind {
			return fmt.Sprintf("spec.defaults.%s.customFields, or in set.%[1]s.customFields of a class%s", k.word, nearer[kind])
		}
	}
	switch kind {
	case "rack":
		return "spec.defaults.racks.customFields, or in customFields of a pool of spec.racks"
	case feedKind:
		return "spec.defaults.powerFeeds.customFields, or in customFields of a feed"
	}
	return "spec.defaults.customFields, or in set.customFields of a class"
}

// nearer are the things that the plan names which have custom fields of their own.
var nearer = map[string]string{
	cableKind: ", or in cable.customFields of a link", interfaceKind: ", or in customFields of a zone or NIC",
	"console_port": ", or in customFields of a NIC", "console_server_port": ", or in customFields of a zone",
	"power_port": ", or in customFields of a NIC", "power_outlet": ", or in customFields of a zone",
}
