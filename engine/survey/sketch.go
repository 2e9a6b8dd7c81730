package survey

import (
	"errors"
	"fmt"
	"slices"

	"github.com/diet-project/diet/generate"
	"github.com/diet-project/diet/generate/plain"
)

// sketch is a plan in the making.
type sketch struct {
	site    *Site
	key     string
	status  string
	pools   []*pool
	classes []*class
	loose   map[string]bool // fabrics whose leaves do not reach every spine
	notes   []string
	fits

	wiring  *wiring   // of data
	beside  []*wiring // of what is no data
	apart   map[int64]bool
	drawn   *generate.Plan
	missing []string // cables of the plan that are not there
	kept    int      // those that are
	folds   int      // devices of classes whose names they do not have

	manner
	few []*oddity // the parts of which a few cables are otherwise

	lost map[string]int // cables that are left out, by the fabric that they are of
}

// Sketch makes a plan of what stands at a site, and the map that goes with it. What it cannot
// say is left out and noted: the plan is sound, and has nothing otherwise than it stands.
func Sketch(all *Site, key string) (*Drawn, error) {
	s, owned := all.free()
	k, err := sketched(s, key, owned, manner{folded: true})
	if err != nil {
		return nil, err
	}
	if k.folds > 0 {
		apart, err := sketched(s, key, owned, manner{})
		if err != nil {
			return nil, err
		}
		if apart.kept > k.kept {
			k = apart
		}
	}
	if k.lossy() {
		if k, err = k.fair(s, owned); err != nil {
			return nil, err
		}
	}
	return k.told(), nil
}

// manner is how a sketch is drawn.
type manner struct {
	folded   bool // devices may be of a class whose names they do not have
	tolerant bool // a few cables may be otherwise than the plan has them
	together bool // nodes that are cabled otherwise than their like stay with them
}

// sketched draws until all that is there is where the plan has it.
func sketched(s *Site, key string, owned int, how manner) (*sketch, error) {
	k := &sketch{site: s, key: planKey(key), apart: map[int64]bool{}, manner: how}
	for round := 0; ; round++ {
		plan, err := k.draw(owned)
		if err != nil {
			return nil, err
		}
		found := k.tolerated(k.oddities(plan))
		if round < rounds && !k.together && k.setApart(found) { // once more, without them
			continue
		}
		for len(found) > 0 {
			k.leaveOut(found)
			if plan, err = k.settle(); err != nil {
				return nil, err
			}
			found = k.tolerated(k.oddities(plan))
		}
		k.drawn = k.attach(plan)
		return k, nil
	}
}

// rounds is how often devices that are cabled otherwise than their like are set apart.
const rounds = 3

// draw makes out classes and cabling.
func (k *sketch) draw(owned int) (*generate.Plan, error) {
	s := k.site
	k.pools, k.classes, k.loose, k.notes, k.lost = pools(s), classes(s, k.apart), map[string]bool{}, nil, map[string]int{}
	if owned > 0 {
		k.note("%s left out: plans that there are already have them.", plain.Count(owned, "rack or device is", "racks and devices are"))
	}
	statuses := make([]string, len(s.Devices))
	nameless := 0
	for i, d := range s.Devices {
		if statuses[i] = d.Status; d.Name == "" {
			nameless++
		}
	}
	if nameless > 0 {
		k.note("%s left out.", plain.Count(nameless, "device has no name, and is", "devices have no name, and are"))
	}
	k.status = most(statuses)
	if k.folds = 0; k.folded {
		k.folds = k.fold()
	}
	k.wiring, k.beside = wired(s, k.classes, data), k.supplies()
	tiers(k.classes)
	if k.tolerant {
		k.wiring.dropFew()
		for _, of := range k.beside {
			of.dropFew()
		}
	}
	fabrics(k.classes)
	for _, c := range k.classes {
		if c.place = placeOf(c, k.pools, s.units(c.typ)); c.place == nil && c.devices[0].Rack != 0 {
			k.note("%s: no rule says where they stand; racks and units stay as they are.", c.id())
		}
	}
	k.modules()
	k.feeds()
	k.wiring.cabling(k.classes)
	for _, of := range k.beside {
		k.supplied(of)
	}
	k.fed()
	return k.settle()
}

// told is the plan that was made out, with its map and notes.
func (k *sketch) told() *Drawn {
	k.count(k.wiring)
	k.tellBeyond()
	for _, of := range k.beside {
		if n := of.uncounted(k.classes); n > 0 {
			k.note("%s.", plain.Count(n, "cable of "+of.word+" is "+alone, "cables of "+of.word+" are "+allAlone))
		}
	}
	lags := k.lagEntries(k.wiring)
	k.countLags(k.wiring, lags)
	k.tellFew()
	k.tellFabrics()
	if n := len(k.missing); n > 0 {
		k.note("%s not there (the first %s): an apply makes %s.",
			plain.Count(n, "cable of the plan is", "cables of the plan are"), k.missing[0], pick(n, "it", "them"))
	}
	return &Drawn{Plan: k.text(), Entries: append(k.entries(), lags...), Notes: k.notes, loaded: k.drawn}
}

// What becomes of what a plan cannot say.
const (
	alone    = "as no plan has it; it is left alone"
	allAlone = "as no plan has them; they are left alone"
)

// pick is the word for one, or for several.
func pick(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}

func (k *sketch) note(format string, args ...any) {
	k.notes = append(k.notes, fmt.Sprintf(format, args...))
}

// piece is a part of a plan that may be left out.
type piece struct {
	what    string
	fabric  string
	cables  int
	restore func()
}

// settle finds the largest plan that is sound: it begins without cabling, and adds one piece
// after the other.
func (k *sketch) settle() (*generate.Plan, error) {
	if plan := k.try(); plan != nil {
		return plan, nil
	}
	pieces := k.dismantle()
	refit := k.unfit()
	plan, err := k.load()
	if err != nil {
		return nil, err
	}
	if with := refit(); with != nil {
		plan = with
	}
	for _, p := range pieces {
		links := k.saved()
		p.restore()
		if with := k.try(); with != nil {
			plan = with
			continue
		}
		_, why := k.load()
		links()
		k.lost[p.fabric] += p.cables
		k.note("%s: %s%s.", p.what, plain.Count(p.cables, "cable is "+alone, "cables are "+allAlone), because(why))
	}
	return plan, nil
}

// because says what keeps a plan from being sound.
func because(err error) string {
	var all *generate.FindingsError
	if errors.As(err, &all) && len(all.Findings) > 0 {
		return ": " + all.Findings[0].Message
	}
	return ""
}

// try loads the plan as it stands, also with fabrics whose leaves miss spines; nil where it is
// not sound.
func (k *sketch) try() *generate.Plan {
	if plan, err := k.load(); err == nil {
		return plan
	}
	for _, c := range k.classes {
		if c.fabric == "" || k.loose[c.fabric] {
			continue
		}
		k.loose[c.fabric] = true
		if plan, err := k.load(); err == nil {
			return plan
		}
		delete(k.loose, c.fabric)
	}
	return nil
}

// load reads the plan as it stands, and checks it.
func (k *sketch) load() (*generate.Plan, error) {
	plan, err := generate.Load(k.key+".yaml", []byte(k.text()))
	if err != nil {
		return nil, err
	}
	if _, err := generate.Generate(plan, nil); err != nil {
		return nil, errors.Join(errors.New("this sketch is not sound"), err)
	}
	return plan, nil
}

// dismantle takes all cabling out of the plan, and returns its pieces.
func (k *sketch) dismantle() []piece {
	var out []piece
	for _, c := range k.classes {
		zones, links, mgmt, place := c.zones, c.links, c.mgmt, c.place
		c.zones, c.links, c.mgmt = nil, nil, nil
		for _, z := range zones {
			if z.upTo == "" && z.kind == "" {
				c.zones = append(c.zones, z) // ports alone keep nobody from anything
			}
		}
		if place != nil && place.from > 0 {
			if _, err := k.load(); err != nil {
				from := place.from
				place.from = 0
				if _, err := k.load(); err != nil {
					place.from = from
				}
			}
		}
		for _, z := range zones {
			if z.upTo != "" || z.kind != "" {
				out = append(out, piece{c.id() + "/" + z.key, c.fabric, z.cables, func() { c.zones = append(c.zones, z) }})
			}
		}
		for _, l := range links {
			out = append(out, piece{c.id() + ": " + l.key, c.fabricOf(l), l.cables, func() { c.links = append(c.links, l) }})
		}
		if mgmt != nil {
			out = append(out, piece{c.id() + ": mgmt", c.fabricOf(mgmt), mgmt.cables, func() { c.mgmt = mgmt }})
		}
	}
	return out
}

// saved returns what brings the cabling back to what it is.
func (k *sketch) saved() func() {
	var back []func()
	for _, c := range k.classes {
		zones, links, mgmt := slices.Clone(c.zones), slices.Clone(c.links), c.mgmt
		back = append(back, func() { c.zones, c.links, c.mgmt = zones, links, mgmt })
	}
	return func() {
		for _, f := range back {
			f()
		}
	}
}

// count notes the cables that no link and no uplink was made of.
func (k *sketch) count(w *wiring) {
	for _, c := range k.classes {
		for _, other := range k.classes {
			n := len(w.wires[c][other])
			if n == 0 || !(c.tier == "" && other.tier == "") || other.key < c.key {
				continue
			}
			if c == other {
				n /= 2 // each is seen from both of its ends
			}
			k.note("%s and %s: %s left alone.", c.id(), other.id(),
				plain.Count(n, "cable between nodes is no plan's; it is", "cables between nodes are no plan's; they are"))
		}
	}
}
