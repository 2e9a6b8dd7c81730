package generate

import (
	"cmp"
	"encoding/binary"
	"maps"
	"slices"
	"strings"

	"github.com/diet-project/diet/generate/natural"
)

// Power feeds of racks are what links end at, like outlets. To placement a pool of racks is a class
// of switches of which each has the pool's feeds as ports, and a link goes to that of the own rack.

// rackPrefix is what a link's target begins with that names feeds, and the id of their class.
const rackPrefix = "rack:"

// feedKind is NetBox's kind of power feeds.
const feedKind = "power_feed"

// Feed is what the plan says of a power feed; nil is not stated.
type Feed struct {
	Panel          string  `json:"panel"` // by name
	Rack           string  `json:"rack"`  // object id
	Status         string  `json:"status"`
	Type           *string `json:"type,omitempty"`
	Supply         *string `json:"supply,omitempty"`
	Phase          *string `json:"phase,omitempty"`
	Voltage        *int    `json:"voltage,omitempty"`
	Amperage       *int    `json:"amperage,omitempty"`
	MaxUtilization *int    `json:"max_utilization,omitempty"`
}

// PowerPanel is found by its name within the site, and created where absent.
type PowerPanel struct {
	Name string `json:"name"`
}

// feeds are the power feeds that each rack of a pool has.
type feeds struct {
	class *switchClass
	pool  *pool
	keys  []string // in order
	specs map[string]FeedSpec
	names map[string]*pattern

	customs map[string]*customs
}

// compileFeeds reads the feeds of a pool.
func (m *model) compileFeeds(p *pool, spec map[string]FeedSpec) {
	if len(spec) == 0 {
		return
	}
	f := &feeds{pool: p, specs: map[string]FeedSpec{}, names: map[string]*pattern{}, customs: map[string]*customs{}}
	f.class = &switchClass{
		device: device{path: p.path, id: rackPrefix + p.key, key: p.key, place: &place{pool: p, path: p.path, per: 1}},
		spec:   Switch{Group: 1}, pinned: p.count, group: 1, attach: true,
	}
	for _, e := range entries(m.fs, p.path+".feeds", spec, func(x FeedSpec) *int { return x.Order }) {
		if !m.checkKey(e.path, e.key) {
			continue
		}
		m.checkLength(e.path+".panel", "name of a power panel", e.body.Panel, maxRackName)
		if volts := e.body.Voltage; volts != nil && *volts <= 0 && (*volts == 0 || textOf(e.body.Supply) != "dc") {
			m.fs.add(e.path+".voltage", "only direct current (supply: dc) has a negative one", "a feed cannot have a voltage of %d", *volts)
		}
		f.keys, f.specs[e.key] = append(f.keys, e.key), e.body
		words := []string{"site", "pool", "rack", "feed", "n", "index"}
		f.names[e.key] = m.compilePattern(e.path+".name", cmp.Or(e.body.Name, "{rack}-{feed}"), words)
		f.customs[e.key] = m.compileCustoms(e.path, e.body.CustomFields, words).
			over(m.compileCustoms("spec.defaults.powerFeeds", m.plan.Spec.Defaults.PowerFeeds.CustomFields, words))
	}
	f.class.named = f.keys
	m.feeds = append(m.feeds, f)
}

// all are the classes that links may go to: those of switches, and the racks with feeds.
func (m *model) all() []*switchClass {
	out := m.classes[:len(m.classes):len(m.classes)]
	for _, f := range m.feeds {
		out = append(out, f.class)
	}
	return out
}

// feedZone finds the feeds that a link names: rack:<pool>/<feed>,<feed>, in that order; all of them
// without any. It is nil, after a finding, where there are none.
func (m *model) feedZone(path, ref string) *zone {
	key, list, stated := strings.Cut(strings.TrimPrefix(ref, rackPrefix), "/")
	at := slices.IndexFunc(m.feeds, func(f *feeds) bool { return f.pool.key == key })
	if at < 0 {
		m.fs.add(path, "give the pool feeds, as spec.racks."+key+".feeds", "there is no rack pool %q with feeds", key)
		return nil
	}
	f := m.feeds[at]
	keys := f.keys
	if stated {
		keys = m.fromWords(path, list)
	}
	for i, k := range keys {
		switch {
		case !slices.Contains(f.keys, k):
			m.fs.add(path, m.fs.near(k, f.keys), "the racks of %s have no feed %q", key, k)
			return nil
		case slices.Contains(keys[:i], k):
			m.fs.add(path, "", "the feed %q is given twice", k)
			return nil
		}
	}
	return f.zone(path, keys)
}

// zone is that of some feeds: links that name the same ones share it.
func (f *feeds) zone(path string, keys []string) *zone {
	id := strings.Join(keys, ",")
	for _, z := range f.class.zones {
		if z.key == id {
			return z
		}
	}
	z := &zone{class: f.class, key: id, path: path, index: len(f.class.zones), at: map[lane]int{}, carries: media["feed"]}
	z.brk.lanes = 1
	for _, k := range keys {
		l := lane{port: firstNamed + slices.Index(f.keys, k)}
		z.at[l] = len(z.lanes)
		z.lanes, z.ports = append(z.lanes, l), append(z.ports, l.port)
	}
	f.class.zones = append(f.class.zones, z)
	return z
}

// checkFeedLink reports a link to feeds that no rack can serve.
func (m *model) checkFeedLink(l *link) bool {
	switch {
	case l.spread != "pack":
		m.fs.add(l.path+".spread", "leave it out: devices of a rack take its feeds in turn", "feeds of racks have no spread: %s", l.spread)
	case l.node.place == nil:
		m.fs.add(l.path+".to", "give the class a rack", "a rack's feeds are for what stands in it, and %s has no rack", l.node.id)
	case l.node.place.pool != l.to.class.place.pool:
		m.fs.add(l.path+".to", "name the feeds of "+l.node.place.pool.key, "%s stands in racks of %s", l.node.id, l.node.place.pool.key)
	default:
		return true
	}
	return false
}

// isFeeds reports whether a zone is of feeds.
func (z *zone) isFeeds() bool { return z.carries != nil && z.carries.far == feedKind }

// racksFeeds makes the feeds of all racks.
func (e *emitter) racksFeeds() {
	for _, f := range e.feeds {
		list := make([]bucket, f.pool.count)
		for i := range list {
			b := &list[i]
			b.device.ID, b.device.Source, b.rack = e.rackID(f.pool, i), f.class.id, true
			for j, key := range f.keys {
				b.interfaces = append(b.interfaces, e.feed(f, i, key, b, lane{port: firstNamed + j}))
			}
		}
		e.buckets[&f.class.device] = list
	}
}

func (e *emitter) feed(f *feeds, i int, key string, b *bucket, l lane) Interface {
	spec := f.specs[key]
	out := Interface{
		ID: b.device.ID + "/" + media["feed"].word + ":" + f.class.portID(l), Device: b.device.ID, Name: e.feedName(f, i, key),
		PortTraits:   alike(e.ports, PortTraits{Kind: feedKind, Source: f.class.id}),
		CustomFields: f.customs[key].of(i, func() *scope { return e.feedScope(f, i, key) }),
		Feed: &Feed{
			Panel: spec.Panel, Rack: b.device.ID, Status: "active", Type: spec.Type, Supply: spec.Supply, Phase: spec.Phase,
			Voltage: spec.Voltage, Amperage: spec.Amperage, MaxUtilization: spec.MaxUtilization,
		},
	}
	if e.status == planned {
		out.Feed.Status = planned
	}
	return out
}

func (m *model) feedName(f *feeds, i int, key string) string {
	return f.names[key].expand(m.feedScope(f, i, key))
}

func (m *model) feedScope(f *feeds, i int, key string) *scope {
	words := map[string]string{"site": m.plan.Spec.Site.Slug, "pool": f.pool.key, "feed": key}
	return &scope{words: words, rack: m.rackName(f.pool, i), n: i + 1}
}

// checkFeeds reports feeds of one panel that would have one name, and names that NetBox refuses.
func (m *model) checkFeeds() {
	names := map[string]string{}
	for _, f := range m.feeds {
		for _, key := range f.keys {
			path := f.pool.path + ".feeds." + key
			for i := range f.pool.count {
				name := m.feedName(f, i, key)
				id := indexed(f.class.id, i+1) + "/" + media["feed"].word + ":" + key
				if !m.checkName(path, name, f.specs[key].Panel+"/"+name, id, maxRackName, names) {
					return
				}
			}
		}
	}
}

// panels are the power panels of all feeds, each once.
func (m *model) panels() []PowerPanel {
	seen := map[string]string{}
	for _, f := range m.feeds {
		for _, key := range f.keys {
			seen[f.specs[key].Panel] = ""
		}
	}
	out := make([]PowerPanel, 0, len(seen))
	for _, name := range slices.SortedFunc(maps.Keys(seen), natural.Compare) {
		out = append(out, PowerPanel{Name: name})
	}
	return out
}

// Feeds are the power feeds by the object id of their rack, and by name.
func (t *Topology) Feeds() map[string]map[string]string {
	out := map[string]map[string]string{}
	for i := range t.Interfaces {
		x := &t.Interfaces[i]
		if x.Kind != feedKind {
			continue
		}
		if out[x.Device] == nil {
			out[x.Device] = map[string]string{}
		}
		out[x.Device][x.Name] = x.ID
	}
	return out
}

func (f *Feed) fields(fields map[string]any) {
	fields["power_panel"], fields["rack"] = Ref{Kind: "power_panel", Object: f.Panel}, Ref{Kind: "rack", Object: f.Rack}
	fields["status"] = f.Status
	text(fields, "type", f.Type)
	text(fields, "supply", f.Supply)
	text(fields, "phase", f.Phase)
	for name, n := range map[string]*int{"voltage": f.Voltage, "amperage": f.Amperage, "max_utilization": f.MaxUtilization} {
		if n != nil {
			fields[name] = *n
		}
	}
}

func (f *Feed) stated(buf []byte) []byte {
	buf = stateTexts(buf, f.Panel, f.Rack, f.Status)
	for _, text := range []*string{f.Type, f.Supply, f.Phase} {
		buf = stateOptional(buf, text)
	}
	for _, n := range []*int{f.Voltage, f.Amperage, f.MaxUtilization} {
		if buf = append(buf, 0); n != nil {
			buf = binary.AppendVarint(append(buf, 1), int64(*n))
		}
	}
	return buf
}
