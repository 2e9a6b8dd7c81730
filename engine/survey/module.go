package survey

import (
	"slices"
	"strings"

	"github.com/diet-project/diet/generate"
	"github.com/diet-project/diet/generate/natural"
	"github.com/diet-project/diet/generate/plain"
)

// fits are the modules of a sketch.
type fits struct {
	bays   map[string]map[string]string // positions, by the slug of the type and the name of the bay
	makers map[string]string            // by the model of the module type
	keys   map[string]string            // in the catalog, by model
	bare   bool                         // the plan says nothing of ports
}

// modules finds what stands in the same bay of each device of a class, and notes the rest.
func (k *sketch) modules() {
	k.fits = fits{bays: map[string]map[string]string{}, makers: map[string]string{}, keys: map[string]string{}}
	bays := map[int64][]*Bay{}
	for i := range k.site.Bays {
		bays[k.site.Bays[i].Device] = append(bays[k.site.Bays[i].Device], &k.site.Bays[i])
	}
	left := 0
	for _, c := range k.classes {
		in := map[string]map[string]int{}
		for _, d := range c.devices {
			for _, b := range bays[d.ID] {
				if k.bays[c.typ] == nil {
					k.bays[c.typ] = map[string]string{}
				}
				if k.bays[c.typ][b.Name] = b.Position; b.Model == "" {
					continue
				}
				if in[b.Name] == nil {
					in[b.Name] = map[string]int{}
				}
				in[b.Name][b.Model]++
				k.makers[b.Model] = b.Maker
			}
		}
		for _, bay := range sortedKeys(in) {
			for _, model := range sortedKeys(in[bay]) {
				if n := in[bay][model]; n < len(c.devices) || strings.ContainsAny(bay, "{},") || !k.names(model) {
					left += n
					continue
				}
				if c.modules == nil {
					c.modules = map[string]string{}
				}
				c.modules[bay] = model
			}
		}
	}
	taken := keys{}
	for _, model := range sortedKeys(k.makers) {
		k.keys[model] = taken.take(keyOf(model), "module")
	}
	if left > 0 {
		k.note("%s.", plain.Count(left, "module is not the same in that bay of all devices of a class; it is left alone",
			"modules are not the same in that bay of all devices of a class; they are left alone"))
	}
}

// moduleTypes are the module types that the classes have in their bays: with their ports, or, where they
// bring more than interfaces, as ones that must exist.
func (k *sketch) moduleTypes() []pair {
	models := map[string]bool{}
	for _, c := range k.classes {
		for _, model := range c.modules {
			models[model] = true
		}
	}
	var out []pair
	for _, model := range sortedKeys(models) {
		if ports, only := k.templates(model, true); only && !k.bare {
			body := flow{{"manufacturer", k.makers[model]}, {"model", model}}
			if len(ports) > 0 {
				body = append(body, pair{"ports", grouped(ports)})
			}
			out = append(out, pair{k.keys[model], body})
			continue
		}
		out = append(out, pair{model, nil})
	}
	return out
}

// unfit takes the modules out of the plan, and returns what puts them back: with their ports, without,
// or, where neither is sound, not at all; then it returns nil, and notes it.
func (k *sketch) unfit() func() *generate.Plan {
	had, n := map[*class]map[string]string{}, 0
	for _, c := range k.classes {
		had[c] = c.modules
		n += len(c.modules) * len(c.devices)
		c.modules = nil
	}
	return func() *generate.Plan {
		if n == 0 {
			return nil
		}
		for c, modules := range had {
			c.modules = modules
		}
		for _, k.bare = range []bool{false, true} {
			if plan := k.try(); plan != nil {
				return plan
			}
		}
		for c := range had {
			c.modules = nil
		}
		k.note("%s.", plain.Count(n, "module is "+alone, "modules are "+allAlone))
		return nil
	}
}

// names reports whether a plan can name a module type: what it says the ports of, by a key; any other
// by its model.
func (k *sketch) names(model string) bool {
	_, only := k.templates(model, true)
	return only || keyOf(model) == model
}

// inBay is the key of the module type in a bay.
func (k *sketch) inBay(model string) string {
	if _, only := k.templates(model, true); only && !k.bare {
		return k.keys[model]
	}
	return model
}

// templates are the interfaces that come with a type, by name, and whether nothing else does.
func (k *sketch) templates(of string, module bool) (ports map[string]string, only bool) {
	ports, only = map[string]string{}, true
	for _, t := range k.site.Templates {
		switch {
		case t.Of != of || t.OfModule != module:
		case t.Kind == "interface_template":
			ports[t.Name] = t.Type
		default:
			only = false
		}
	}
	return ports, only
}

// fitted are the bays of a device type that has modules in the plan, and its ports, which say where lanes
// begin where ports are called by their first ones.
func (k *sketch) fitted(typ string) flow {
	var out flow
	bays := map[string]string{}
	for _, c := range k.classes {
		for bay := range c.modules {
			if c.typ == typ {
				bays[bay] = k.bays[typ][bay]
			}
		}
	}
	ports := k.firstLanes(typ)
	if len(bays) == 0 && len(ports) == 0 {
		return nil
	}
	if len(bays) > 0 {
		var list flow
		for _, bay := range sortedKeys(bays) {
			list = append(list, pair{bay, bays[bay]})
		}
		out = append(out, pair{"moduleBays", list})
	}
	if own, _ := k.templates(typ, false); len(ports) == 0 && !k.bare {
		ports = own
	}
	if len(ports) > 0 {
		out = append(out, pair{"ports", grouped(ports)})
	}
	return out
}

// firstLanes are the ports of a device type some of which are broken out and called by their first lanes,
// with those that are cabled beside them; nil for other types.
func (k *sketch) firstLanes(typ string) map[string]string {
	has, types := false, map[string][]string{}
	for _, c := range k.classes {
		if c.typ != typ {
			continue
		}
		for name, at := range k.wiring.cuts[c] {
			has = has || at.lane == 1 && at.port == name
			if at.port == name {
				types[name] = append(types[name], k.wiring.types[c][name]...)
			}
			if typ := k.wiring.spare[c][name]; typ != "" && at.port == name {
				types[name] = append(types[name], typ)
			}
		}
	}
	if !has {
		return nil
	}
	ports, _ := k.templates(typ, false)
	for name, list := range types {
		if len(list) > 0 {
			ports[name] = most(list)
		}
	}
	return ports
}

// grouped are ports by their types, their names shortened by braces.
func grouped(ports map[string]string) flow {
	names := map[string][]string{}
	for name, typ := range ports {
		names[typ] = append(names[typ], name)
	}
	var out flow
	for _, typ := range sortedKeys(names) {
		slices.SortFunc(names[typ], natural.Compare)
		for _, item := range specs(names[typ], "\x00") {
			out = append(out, pair{item, typ})
		}
	}
	return out
}
