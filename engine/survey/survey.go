// Package survey makes out what stands at a site that exists: which racks and devices are
// of one class, by their types and names, what they are cabled to, and how a plan would say
// it. It works on what the mirror holds, knows no SQL, and writes nothing.
//
// [Sketch] writes a plan for a site that has none, with a map that says what each object of
// NetBox is there. [Match] maps a site to a plan that exists.
package survey

import (
	"github.com/diet-project/diet/generate"
)

// Site is what stands at a site.
type Site struct {
	Slug, Name, Region string

	Racks     []Rack
	Devices   []Device
	Ports     []Port
	Cables    []Cable
	Types     []Type
	Feeds     []Feed
	Bays      []Bay
	Templates []Template
	Members   []Member

	ports map[string]map[string]bool // see portsOf
}

// Rack is a rack. Plan is the plan that owns it, "" for none, as with all objects.
type Rack struct {
	ID       int64
	Name     string
	Location string // its slug; "" for none, and for one within another
	Units    int    `db:"u_height"`
	Plan     string
	Object   string // its diet id
}

// Device is a device.
type Device struct {
	ID       int64
	Name     string
	Type     string // slugs
	Role     string
	Rack     int64
	Position float64 // 0 for none
	Face     string
	Status   string
	Plan     string
	Object   string
}

// Port is a port of a device, of a kind that cables are plugged into.
type Port struct {
	Kind   string
	ID     int64
	Device int64
	Name   string
	Type   string
	Module int64 // the module that it is on; 0 for none
	Cable  int64 // what is plugged into it, whatever is at the other end; 0 for none
}

// Cable joins two ports, A with B: interfaces, or those of power and consoles, of which A is that
// of what is supplied. The device of a power feed is its rack.
type Cable struct {
	ID      int64
	AKind   string `db:"a_kind"`
	A       int64
	AName   string `db:"a_name"`
	ADevice int64  `db:"a_device"`
	BKind   string `db:"b_kind"`
	B       int64
	BName   string `db:"b_name"`
	BDevice int64  `db:"b_device"`
	Plug    int    // of a port that is broken out by one cable: which lane B is at; else 0
}

// Feed is a power feed of a rack. A field that is empty, or 0, is not stated.
type Feed struct {
	ID                  int64
	Rack                int64
	Panel, Name         string
	Type, Supply, Phase string
	Voltage, Amperage   int64
	MaxUtilization      int64 `db:"max_utilization"`
}

// Bay is a bay of a device, with the model of the module in it; "" for none.
type Bay struct {
	Device         int64
	Name, Position string
	Module         int64
	Model, Maker   string
}

// Template is what NetBox makes along with a device of a type, or with a module of a model.
type Template struct {
	Of         string // the slug, or the model
	OfModule   bool   `db:"of_module"`
	Kind       string // interface_template
	Name, Type string
}

// Type is a device type.
type Type struct {
	Slug, Model, Maker string
	Units              float64 `db:"u_height"`
	FullDepth          bool    `db:"is_full_depth"`
}

// Entry is a line of a map: an object of NetBox, and what it is in a plan.
type Entry struct {
	Kind   string `json:"kind"`
	ID     int64  `json:"netbox_id"`
	Called string `json:"netbox_name"`
	Place  string `json:"place,omitempty"`
	Type   string `json:"type,omitempty"`
	Object string `json:"object"` // "" where nothing tells
	Name   string `json:"name"`   // plan, or netbox
	Why    string `json:"why"`
}

// Whose name an object has once it is the plan's.
const (
	ofPlan   = "plan"
	ofNetBox = "netbox"
)

// Drawn is a plan that was made out, and its map.
type Drawn struct {
	Plan    string   `json:"plan"` // YAML
	Entries []Entry  `json:"entries"`
	Notes   []string `json:"notes"` // what was not made out

	loaded *generate.Plan
}

// free leaves out what a plan owns, and counts it.
func (s *Site) free() (*Site, int) {
	out := *s
	out.Racks, out.Devices = nil, nil
	for _, r := range s.Racks {
		if r.Plan == "" {
			out.Racks = append(out.Racks, r)
		}
	}
	for _, d := range s.Devices {
		if d.Plan == "" {
			out.Devices = append(out.Devices, d)
		}
	}
	return &out, len(s.Racks) + len(s.Devices) - len(out.Racks) - len(out.Devices)
}
