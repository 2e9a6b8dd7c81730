package survey

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/diet-project/diet/generate"
	"github.com/diet-project/diet/generate/plain"
)

// pair is a key and its value: a text, a number, true, a list of numbers or of texts, pairs,
// or nil.
type pair struct {
	key   string
	value any
}

// node is a value as YAML; deep mappings of few keys stand in one line.
func node(v any) *yaml.Node {
	switch v := v.(type) {
	case []pair:
		n := &yaml.Node{Kind: yaml.MappingNode}
		for _, p := range v {
			n.Content = append(n.Content, node(p.key), node(p.value))
		}
		return n
	case flow:
		n := node([]pair(v))
		n.Style = yaml.FlowStyle
		return n
	case []any:
		n := &yaml.Node{Kind: yaml.SequenceNode, Style: yaml.FlowStyle}
		for _, x := range v {
			n.Content = append(n.Content, node(x))
		}
		return n
	case nil:
		return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!null"}
	}
	n := &yaml.Node{}
	_ = n.Encode(v) // of texts, numbers and truth: cannot fail
	return n
}

// flow are pairs that stand in one line.
type flow []pair

func anys[T any](list []T) []any {
	out := make([]any, len(list))
	for i, x := range list {
		out[i] = x
	}
	return out
}

// number is a number without a point where it has none.
func decimal(f float64) any {
	if f == float64(int(f)) {
		return int(f)
	}
	return f
}

// text is the plan as YAML.
func (k *sketch) text() string {
	var out strings.Builder
	out.WriteString("# What diet import made out at the site " + strconv.Quote(k.site.Slug) + ". Read it, give classes and fabrics the\n" +
		"# names that you want before anything is adopted, and take out what is not to be diet's.\n")
	for _, n := range k.notes {
		out.WriteString("# " + plain.Line(n) + "\n")
	}
	_ = generate.EncodeYAML(&out, node(k.document())) // to memory: cannot fail
	return out.String()
}

func (k *sketch) document() []pair {
	spec := []pair{{"site", k.where()}}
	if k.status != "" {
		spec = append(spec, pair{"status", k.status})
	}
	var more flow
	if len(k.bundled()) > 0 {
		if more = append(more, pair{"lags", true}); k.nodeLag() != "" {
			spec = append(spec, pair{"naming", flow{{"nodeLag", k.nodeLag()}}})
		}
	}
	if k.site.trunks() {
		more = append(more, pair{"profiles", true})
	}
	if more != nil {
		spec = append(spec, pair{"interfaces", more})
	}
	spec = append(spec, pair{"catalog", k.catalog()})
	if len(k.pools) > 0 {
		spec = append(spec, pair{"racks", k.racks()})
	}
	if list := k.switches(); len(list) > 0 {
		spec = append(spec, pair{"fabrics", list})
	}
	if list := k.nodes(); len(list) > 0 {
		spec = append(spec, pair{"nodes", list})
	}
	return []pair{
		{"apiVersion", "diet/v1alpha1"}, {"kind", "Plan"}, {"metadata", flow{{"name", k.key}}}, {"spec", spec},
	}
}

func (k *sketch) where() any {
	out := flow{{"slug", k.site.Slug}}
	if k.site.Name != k.site.Slug {
		out = append(out, pair{"name", k.site.Name})
	}
	if k.site.Region != "" {
		out = append(out, pair{"region", k.site.Region})
	}
	return out
}

// catalog lists what the classes are made of: types as NetBox has them, roles that must exist.
func (k *sketch) catalog() []pair {
	types, roles := map[string]bool{}, map[string]bool{}
	for _, c := range k.classes {
		types[c.typ], roles[c.role] = true, true
	}
	var list, must []pair
	for _, t := range k.site.Types {
		if types[t.Slug] {
			delete(types, t.Slug)
			body := flow{{"manufacturer", t.Maker}, {"model", t.Model}, {"u", decimal(t.Units)}, {"fullDepth", t.FullDepth}}
			list = append(list, pair{t.Slug, append(body, k.fitted(t.Slug)...)})
		}
	}
	for _, slug := range sortedKeys(types) {
		list = append(list, pair{slug, nil})
	}
	for _, slug := range sortedKeys(roles) {
		must = append(must, pair{slug, nil})
	}
	out := []pair{{"deviceTypes", list}}
	if modules := k.moduleTypes(); modules != nil {
		out = append(out, pair{"moduleTypes", modules})
	}
	return append(out, pair{"roles", must})
}

func (k *sketch) racks() []pair {
	var out []pair
	for _, p := range k.pools {
		body := flow{{"count", len(p.racks)}, {"units", p.units}}
		if p.location != "" {
			body = append(body, pair{"location", p.location})
		}
		if p.pattern != "" {
			body = append(body, pair{"name", p.pattern})
		}
		var feeds flow
		for _, x := range p.feeds {
			feeds = append(feeds, pair{x.key, x.body()})
		}
		if feeds != nil {
			body = append(body, pair{"feeds", feeds})
		}
		out = append(out, pair{p.key, body})
	}
	return out
}

func (k *sketch) switches() []pair {
	by := map[string][]pair{}
	for _, c := range k.classes {
		if c.tier != "" {
			by[c.fabric] = append(by[c.fabric], pair{c.key, k.switchBody(c)})
		}
	}
	var out []pair
	for _, f := range sortedKeys(by) {
		body := []pair{}
		if k.loose[f] {
			body = append(body, pair{"managed", false})
		}
		out = append(out, pair{f, append(body, pair{"switches", by[f]})})
	}
	return out
}

func (k *sketch) switchBody(c *class) []pair {
	out := []pair{{"role", c.tier}}
	if c.role != c.tier {
		out = append(out, pair{"deviceRole", c.role})
	}
	out = append(out, pair{"type", c.typ}, pair{"count", len(c.devices)})
	if c.group > 1 && len(c.devices)%c.group == 0 {
		out = append(out, pair{"group", c.group})
	}
	if c.byRack {
		out = append(out, pair{"attach", "rack"})
	}
	out = append(append(out, k.common(c)...), c.cabled()...)
	if c.mgmt != nil {
		out = append(out, pair{"mgmt", flow{{"port", c.mgmt.port}, {"to", c.mgmt.to.id() + "/" + c.mgmt.zone}}})
	}
	var zones []pair
	for _, z := range c.zones {
		if len(z.ports) > 0 {
			zones = append(zones, pair{z.key, flow(z.fields())})
		}
	}
	if zones != nil {
		out = append(out, pair{"zones", zones})
	}
	return out
}

// common is what switches and nodes have.
func (k *sketch) common(c *class) []pair {
	var out []pair
	if skip := c.skip(); skip != nil {
		out = append(out, pair{"skip", anys(skip)})
	}
	if c.pattern != "" {
		out = append(out, pair{"name", c.pattern})
	}
	if p := c.place; p != nil {
		body := flow{{"pool", p.pool.key}, {"per", p.per}}
		if p.from > 0 {
			body = append(body, pair{"fromU", decimal(p.from)}, pair{"face", p.face})
		}
		out = append(out, pair{"rack", body})
	}
	var modules flow
	for _, bay := range sortedKeys(c.modules) {
		modules = append(modules, pair{bay, k.inBay(c.modules[bay])})
	}
	if modules != nil {
		out = append(out, pair{"modules", modules})
	}
	return out
}

// cabled are the NICs and links of a class.
func (c *class) cabled() []pair {
	var nics, links []pair
	for _, n := range c.nics {
		nics = append(nics, pair{n.key, n.body()})
	}
	for _, l := range c.links {
		links = append(links, pair{l.key, l.body()})
	}
	if links == nil {
		return nil
	}
	return []pair{{"nics", nics}, {"links", links}}
}

func (k *sketch) nodes() []pair {
	var out []pair
	for _, c := range k.classes {
		if c.tier != "" {
			continue
		}
		body := append([]pair{{"count", len(c.devices)}, {"type", c.typ}, {"role", c.role}}, k.common(c)...)
		body = append(body, c.cabled()...)
		out = append(out, pair{c.key, body})
	}
	return out
}

func (n *nic) body() flow {
	out := flow{{"ports", anys(n.ports)}}
	if n.typ != "" {
		out = append(out, pair{"type", n.typ})
	}
	if n.pattern != "" {
		out = append(out, pair{"name", n.pattern})
	}
	return out
}

func (l *link) body() flow {
	from := make([]string, len(l.from))
	for i, p := range l.from {
		from[i] = p.from()
	}
	out := flow{{"from", strings.Join(from, ",")}, {"to", l.feeds}}
	if l.to != nil {
		out[1].value = l.to.id() + "/" + l.zone
	}
	if l.spread != "" {
		out = append(out, pair{"spread", l.spread})
	}
	if l.lag != "" {
		out = append(out, pair{"lag", l.lag})
	}
	return out
}

// planKey is a plan's name made of a site's.
func planKey(slug string) string {
	key := strings.Trim(strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			return r
		}
		return '-'
	}, strings.ToLower(slug)), "-")
	return cmp.Or(key, "site")
}

// entries are the lines of the map: where each object of the site is in the plan.
func (k *sketch) entries() []Entry {
	var out []Entry
	for _, p := range k.pools {
		for _, n := range sortedInts(p.racks) {
			r := p.racks[n]
			out = append(out, Entry{
				Kind: rackKind, ID: r.ID, Called: r.Name, Place: r.Location, Type: fmt.Sprintf("%dU", r.Units),
				Object: p.object(k.key, n), Name: nameOf(p.pattern), Why: "number " + strconv.Itoa(n) + " of the pool " + p.key,
			})
			for _, x := range p.feeds {
				out = append(out, x.entry(p.object(k.key, n), r))
			}
		}
	}
	for _, c := range k.classes {
		for _, d := range c.devices {
			out = append(out, Entry{
				Kind: deviceKind, ID: d.ID, Called: d.Name, Place: k.site.where(d), Type: d.Type,
				Object: c.object(k.key, d), Name: nameOf(c.pattern), Why: fmt.Sprintf("number %d of the class %s", c.ordinal[d.ID], c.id()),
			})
			if why := c.folded[d.ID]; why != "" {
				x := &out[len(out)-1]
				x.Name, x.Why = ofNetBox, x.Why+": "+why
			}
		}
	}
	return out
}

// nameOf is whose name an object has: the plan's, where that makes the same one.
func nameOf(pattern string) string {
	if pattern == "" {
		return ofNetBox
	}
	return ofPlan
}

func sortedInts[T any](m map[int]T) []int {
	out := make([]int, 0, len(m))
	for n := range m {
		out = append(out, n)
	}
	slices.Sort(out)
	return out
}
