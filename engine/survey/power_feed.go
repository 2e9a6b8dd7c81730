package survey

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/diet-project/diet/generate"
	"github.com/diet-project/diet/generate/natural"
	"github.com/diet-project/diet/generate/plain"
)

// feedKind is the kind of power feeds.
const feedKind = "power_feed"

// supply is a power feed that each rack of a pool has.
type supply struct {
	key, pattern string
	feed         Feed // of the first rack
	at           map[int64]*Feed
}

// feeds finds the power feeds that each rack of a pool has alike, and notes the others.
func (k *sketch) feeds() {
	of := map[int64]*pool{}
	for _, p := range k.pools {
		for id := range p.ordinal {
			of[id] = p
		}
	}
	left := 0
	found := map[*pool]map[string]*supply{}
	for i := range k.site.Feeds {
		f := &k.site.Feeds[i]
		p := of[f.Rack]
		if p == nil {
			left++
			continue
		}
		if found[p] == nil {
			found[p] = map[string]*supply{}
		}
		like := *f
		like.ID, like.Rack, like.Name = 0, 0, p.calls(f)
		id := fmt.Sprint(like)
		if found[p][id] == nil {
			found[p][id] = &supply{pattern: like.Name, feed: *f, at: map[int64]*Feed{}}
		}
		found[p][id].at[f.Rack] = f
	}
	for _, p := range k.pools {
		left += p.supplied(found[p])
	}
	if left > 0 {
		k.note("%s.", plain.Count(left, "power feed is not alike in all racks of a pool; it is left alone",
			"power feeds are not alike in all racks of a pool; they are left alone"))
	}
}

// supplied takes the feeds that each rack of a pool has, and counts the others.
func (p *pool) supplied(found map[string]*supply) (left int) {
	taken := keys{}
	for _, id := range sortedKeys(found) {
		x := found[id]
		if len(x.at) != len(p.racks) {
			left += len(x.at)
			continue
		}
		x.key = taken.take(keyOf(braced.ReplaceAllString(x.pattern, "-")), keyOf(x.feed.Panel), "feed")
		p.feeds = append(p.feeds, x)
	}
	slices.SortFunc(p.feeds, func(a, b *supply) int { return natural.Compare(a.key, b.key) })
	return left
}

var braced = regexp.MustCompile(`\{[^}]*\}`)

// calls is the pattern of a feed's name: with the name of its rack, or its number, in it.
func (p *pool) calls(f *Feed) string {
	n := p.ordinal[f.Rack]
	rack := p.racks[n].Name
	head, tail, is := strings.Cut(f.Name, rack)
	switch {
	case strings.ContainsAny(f.Name, "{}"):
		return f.Name // no pattern can say it
	case is && rack != "" && p.pattern != "":
		return head + "{rack}" + tail
	}
	for _, at := range digits.FindAllStringIndex(f.Name, -1) {
		run := f.Name[at[0]:at[1]]
		if number, err := strconv.Atoi(run); err == nil && number == n {
			return f.Name[:at[0]] + width(run) + f.Name[at[1]:]
		}
	}
	return f.Name
}

// width is the number of a rack as a run of digits has it.
func width(run string) string {
	if len(run) > 1 {
		return fmt.Sprintf("{n:%02d}", len(run))
	}
	return "{n}"
}

// body is what a plan says of a feed.
func (x *supply) body() flow {
	out := flow{{"panel", x.feed.Panel}, {"name", x.pattern}}
	for _, f := range []pair{{"type", x.feed.Type}, {"supply", x.feed.Supply}, {"phase", x.feed.Phase}} {
		if f.value != "" {
			out = append(out, f)
		}
	}
	for _, f := range []pair{{"voltage", x.feed.Voltage}, {"amperage", x.feed.Amperage}, {"maxUtilization", x.feed.MaxUtilization}} {
		if f.value != int64(0) {
			out = append(out, f)
		}
	}
	return out
}

// entry is the line of a map for the feed of a rack.
func (x *supply) entry(rack string, r *Rack) Entry {
	f := x.at[r.ID]
	return Entry{
		Kind: feedKind, ID: f.ID, Called: f.Name, Place: r.Name, Type: f.Panel, Object: rack + "/feed:" + x.key, Name: ofPlan,
		Why: "the feed " + x.key + " of its rack",
	}
}

// fed makes out which feeds of their racks the ports of a class are plugged into.
func (k *sketch) fed() {
	of, key := map[int64]*class{}, map[int64]*supply{}
	rack := map[int64]int64{}
	for _, c := range k.classes {
		for _, d := range c.devices {
			of[d.ID], rack[d.ID] = c, d.Rack
		}
	}
	for _, p := range k.pools {
		for _, x := range p.feeds {
			for _, f := range x.at {
				key[f.ID] = x
			}
		}
	}
	ports, left := map[*class]map[string]map[*supply]int{}, 0
	for _, x := range k.site.Cables {
		c := of[x.ADevice]
		if x.BKind != feedKind || c == nil {
			continue
		}
		if s := key[x.B]; s == nil || rack[x.ADevice] != x.BDevice || c.place == nil {
			left++
		} else {
			if ports[c] == nil {
				ports[c] = map[string]map[*supply]int{}
			}
			if ports[c][x.AName] == nil {
				ports[c][x.AName] = map[*supply]int{}
			}
			ports[c][x.AName][s]++
		}
	}
	for _, c := range k.classes {
		c.feedLink(ports[c])
	}
	if left > 0 {
		k.note("%s.", plain.Count(left, "cable to power feeds is "+alone, "cables to power feeds are "+allAlone))
	}
}

// feedLink is the link of a class to feeds of its racks.
func (c *class) feedLink(ports map[string]map[*supply]int) {
	if len(ports) == 0 {
		return
	}
	types := map[string]string{}
	for name := range ports {
		if _, is := c.ports["power:"+name]; !is {
			types[name] = ""
		}
	}
	c.nicsOf("power", types)
	l := &link{key: c.linkKey("feed", len(c.links)), word: "feed"}
	var names []string
	for _, name := range sortedKeys(ports) {
		plug, is := c.ports["power:"+name]
		if !is {
			continue
		}
		l.from = append(l.from, plug)
		for _, x := range c.place.pool.feeds {
			if n := ports[name][x]; n > 0 {
				if l.cables += n; !slices.Contains(names, x.key) {
					names = append(names, x.key)
				}
			}
		}
	}
	l.feeds = "rack:" + c.place.pool.key + "/" + strings.Join(names, ",")
	c.links = append(c.links, l)
}

// feedEntries are the lines of power feeds: by name, or as the only one of a panel in their rack.
func (m *matcher) feedEntries() []Entry {
	wanted, standing, taken := map[int64][]*generate.Interface{}, map[int64][]*Feed{}, map[int64]*generate.Interface{}
	for i := range m.topo.Interfaces {
		if x := &m.topo.Interfaces[i]; x.Kind == feedKind && m.is[x.Device] != 0 {
			wanted[m.is[x.Device]] = append(wanted[m.is[x.Device]], x)
		}
	}
	for i := range m.site.Feeds {
		standing[m.site.Feeds[i].Rack] = append(standing[m.site.Feeds[i].Rack], &m.site.Feeds[i])
	}
	for rack, list := range wanted {
		pairFeeds(list, standing[rack], taken)
	}
	var out []Entry
	for i := range m.site.Feeds {
		f := &m.site.Feeds[i]
		if wanted[f.Rack] == nil {
			continue
		}
		x := Entry{Kind: feedKind, ID: f.ID, Called: f.Name, Place: m.called(f.Rack), Type: f.Panel, Name: ofPlan}
		x.Why = "nothing tells what it is"
		if is := taken[f.ID]; is != nil {
			x.Object, x.Why = is.ID, "its rack and panel"
		}
		out = append(out, x)
	}
	slices.SortStableFunc(out, func(a, b Entry) int { return natural.Compare(a.Called, b.Called) })
	return out
}

// pairFeeds tells the feeds of a rack by their names, and then those that are the only ones left of
// their panel.
func pairFeeds(want []*generate.Interface, have []*Feed, taken map[int64]*generate.Interface) {
	open, free := map[string][]*generate.Interface{}, map[string][]*Feed{}
	named := map[[2]string]*generate.Interface{}
	for _, x := range want {
		named[[2]string{x.Feed.Panel, x.Name}] = x
	}
	for _, f := range have {
		if k := [2]string{f.Panel, f.Name}; named[k] != nil {
			taken[f.ID] = named[k]
			delete(named, k)
			continue
		}
		free[f.Panel] = append(free[f.Panel], f)
	}
	for k, x := range named {
		open[k[0]] = append(open[k[0]], x)
	}
	for panel, list := range open {
		if len(list) == 1 && len(free[panel]) == 1 {
			taken[free[panel][0].ID] = list[0]
		}
	}
}

// called is the name of a rack of the site.
func (m *matcher) called(rack int64) string {
	for i := range m.site.Racks {
		if m.site.Racks[i].ID == rack {
			return m.site.Racks[i].Name
		}
	}
	return ""
}
