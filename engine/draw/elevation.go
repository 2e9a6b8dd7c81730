package draw

import (
	"cmp"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"

	"github.com/beevik/etree"

	"github.com/diet-project/diet/generate"
	"github.com/diet-project/diet/generate/natural"
)

// Elevation is the content of a plan's racks.
type Elevation struct {
	Plan  string          `json:"plan"`
	Site  string          `json:"site"`
	Racks []RackElevation `json:"racks"` // in natural order of their names

	perPage int
}

// RackElevation is one rack. A device with a position is in exactly one slot,
// any other device of the rack in Unplaced.
type RackElevation struct {
	ID       string  `json:"id"`
	Name     string  `json:"name"`
	Pool     string  `json:"pool"`
	Location string  `json:"location,omitempty"`
	Units    int     `json:"u_height"`
	Slots    []Slot  `json:"slots"` // from the top down
	Unplaced []Piece `json:"unplaced"`
}

// Piece is a device by what is written on it.
type Piece struct {
	Name string `json:"name"`
	Type string `json:"device_type"`
	Role string `json:"role"`

	// Mark is what becomes of it, and Link where it leads.
	Mark Mark   `json:"mark,omitempty"`
	Link string `json:"-"`
}

// Slot is a device with its place.
type Slot struct {
	Piece
	Position float64 `json:"position"` // the lowest unit, from 1; in halves
	Height   float64 `json:"u_height"` // in units, in halves
	Face     string  `json:"face"`     // front or rear
	// FullDepth is set if the device takes the other face too.
	FullDepth bool `json:"is_full_depth"`
}

// ElevationOptions choose racks: those that are named or whose pool is. Both
// empty choose all.
type ElevationOptions struct {
	Racks, Pools []string

	// Marks are what becomes of devices, and Link leads from them.
	Marks Marks
	Link  Link

	// PerPage is how many racks stand side by side; 0 is as many as make a wide page. Page is
	// the only one of those rows to be drawn, from 1; 0 is all.
	PerPage, Page int
}

// NewElevation sorts the devices of a topology into its racks. It returns an
// error for a name that no rack or pool has.
func NewElevation(topo *generate.Topology, opts ElevationOptions) (*Elevation, error) {
	e := &Elevation{Plan: topo.Plan.Key, Site: topo.Site.Name, Racks: []RackElevation{}}
	for _, r := range topo.Racks {
		rack := RackElevation{
			ID: r.ID, Name: r.Name, Pool: strings.TrimPrefix(r.Source, "rack:"), Location: r.Location,
			Units: r.Units, Slots: []Slot{}, Unplaced: []Piece{},
		}
		e.Racks = append(e.Racks, rack)
	}
	slices.SortFunc(e.Racks, func(x, y RackElevation) int { return natural.Compare(x.Name, y.Name) })
	if err := e.choose(opts); err != nil {
		return nil, err
	}
	e.fill(topo, opts)
	return e, e.turn(opts)
}

// turn keeps the racks of one page.
func (e *Elevation) turn(opts ElevationOptions) error {
	if e.perPage = opts.PerPage; opts.Page == 0 {
		return nil
	}
	pages := slices.Collect(slices.Chunk(e.Racks, opts.PerPage))
	if opts.Page > len(pages) {
		return fmt.Errorf("find page %d of the racks: there are %d", opts.Page, len(pages))
	}
	e.Racks = pages[opts.Page-1]
	return nil
}

// RearDiffers reports whether the rear of a rack shows what the front does not: a device that
// is mounted there, or a unit that is free behind one of half depth.
func (r *RackElevation) RearDiffers() bool {
	return slices.ContainsFunc(r.Slots, func(s Slot) bool { return s.Face != "front" || !s.FullDepth })
}

// choose drops the racks that were not asked for.
func (e *Elevation) choose(opts ElevationOptions) error {
	var pools, names []string
	for _, r := range e.Racks {
		names = append(names, r.Name)
		if !slices.Contains(pools, r.Pool) {
			pools = append(pools, r.Pool)
		}
	}
	if err := known("rack", opts.Racks, names); err != nil {
		return err
	}
	if err := known("pool", opts.Pools, pools); err != nil {
		return err
	}
	if len(opts.Racks)+len(opts.Pools) > 0 {
		e.Racks = slices.DeleteFunc(e.Racks, func(r RackElevation) bool {
			return !slices.Contains(opts.Racks, r.Name) && !slices.Contains(opts.Pools, r.Pool)
		})
	}
	return nil
}

// known returns an error for the first of the names that there is not.
func known(what string, names, there []string) error {
	for _, n := range names {
		if !slices.Contains(there, n) {
			return fmt.Errorf("find %s %q%s: there are %s", what, n, generate.Meant(n, there), listOr(there, "none"))
		}
	}
	return nil
}

func (e *Elevation) fill(topo *generate.Topology, opts ElevationOptions) {
	racks := map[string]*RackElevation{}
	for i := range e.Racks {
		racks[e.Racks[i].ID] = &e.Racks[i]
	}
	types := map[string]generate.DeviceType{}
	for _, t := range topo.DeviceTypes {
		types[t.Slug] = t
	}
	for _, d := range topo.Devices {
		r, p, t := racks[d.Rack], Piece{d.Name, d.Type, d.Role, opts.Marks[d.ID], opts.Link.to(d.ID)}, types[d.Type]
		switch {
		case r == nil:
		case d.Position == 0:
			r.Unplaced = append(r.Unplaced, p)
		default:
			r.Slots = append(r.Slots, Slot{p, d.Position, t.UHeight, d.Face, t.FullDepth})
		}
	}
	for i := range e.Racks {
		r := &e.Racks[i]
		slices.SortFunc(r.Slots, func(x, y Slot) int {
			return cmp.Or(cmp.Compare(y.Position, x.Position), cmp.Compare(x.Face, y.Face), cmp.Compare(x.Name, y.Name))
		})
		slices.SortFunc(r.Unplaced, func(x, y Piece) int { return natural.Compare(x.Name, y.Name) })
	}
}

// Used is how many units have a device in them, on whichever face.
func (r *RackElevation) Used() float64 {
	taken := map[int]bool{} // in half units
	for _, s := range r.Slots {
		for h := int(2 * s.Position); h < int(2*(s.Position+s.Height)); h++ {
			taken[h] = true
		}
	}
	return float64(len(taken)) / 2
}

func (e *Elevation) title() string {
	if e.Site == "" || e.Site == e.Plan {
		return e.Plan + ": racks"
	}
	return fmt.Sprintf("%s at %s: racks", e.Plan, e.Site)
}

func (e *Elevation) summary() string {
	n := 0
	for i := range e.Racks {
		n += len(e.Racks[i].Slots) + len(e.Racks[i].Unplaced)
	}
	return amount(len(e.Racks), "rack") + ", " + amount(n, "device")
}

// roles are those of the devices, in natural order.
func (e *Elevation) roles() []string {
	var list []string
	note := func(role string) {
		if !slices.Contains(list, role) {
			list = append(list, role)
		}
	}
	for i := range e.Racks {
		for _, s := range e.Racks[i].Slots {
			note(s.Role)
		}
		for _, p := range e.Racks[i].Unplaced {
			note(p.Role)
		}
	}
	slices.SortFunc(list, natural.Compare)
	return list
}

// SVG draws the racks side by side, as many in a row as make a page that is half
// as wide again as it is high: front and rear of each, units counted from the
// bottom, and below it the devices that have no position. A rear that shows nothing else
// than its front is left out.
func (e *Elevation) SVG(w io.Writer) error {
	c := newCanvas(e.title(), e.summary())
	drawText(c.root, point{margin, 36}, 20, e.title(), "font-weight", "bold")
	drawText(c.root, point{margin, 56}, 11, e.summary(), "fill", "#444444")
	width := max(textWidth(e.title(), 20)*bold, textWidth(e.summary(), 11)) + 2*margin
	if len(e.Racks) == 0 {
		drawText(c.root, point{margin, 90}, 13, "The plan has no racks.")
		return c.write(w, max(width, 480), 120)
	}
	hatch(c.root)
	p := newRackPen(c.root, e)
	y := 90.0
	for row := range slices.Chunk(e.Racks, cmp.Or(e.perPage, p.columns(e.Racks))) {
		size := p.row(row, point{margin, y})
		y += size.y + rackGap
		width = max(width, size.x+2*margin)
	}
	end := p.key(point{margin, y}, width-2*margin)
	return c.write(w, max(width, end.x+margin), end.y+margin)
}

// hatch defines the pattern of what is the back of a device.
func hatch(root *etree.Element) {
	p := add(add(root, "defs"), "pattern", "id", "hatch", "width", "6", "height", "6",
		"patternUnits", "userSpaceOnUse", "patternTransform", "rotate(45)")
	add(p, "rect", "width", "6", "height", "6", "fill", "#ffffff")
	add(p, "path", "d", "M0 0 V6", "stroke", "#c4c4c4", "stroke-width", "2")
}

// columns is how many racks are drawn side by side, so that the last row is not much
// shorter than the others.
func (p *rackPen) columns(racks []RackElevation) int {
	height := 0.0
	for i := range racks {
		height = max(height, p.body(&racks[i])+p.list(&racks[i]))
	}
	wide := 0.0
	for i := range racks {
		wide += (p.width(&racks[i]) + rackGap) / float64(len(racks))
	}
	n := math.Sqrt(1.5 * float64(len(racks)) * (height + rackGap) / wide)
	rows := math.Ceil(float64(len(racks)) / max(1, math.Round(n)))
	return int(math.Ceil(float64(len(racks)) / rows))
}
