// Package survey makes out what stands at a site that exists: which racks and devices are
// of one class, by their types and names, what they are cabled to, and how a plan would say
// it. It works on what the mirror holds, knows no SQL, and writes nothing.
//
// [Sketch] writes a plan for a site that has none, with a map that says what each object of
// NetBox is there. [Match] maps a site to a plan that exists.
package survey

import (
	"fmt"

	"github.com/diet-project/diet/generate"
)

// Site is what stands at a site.
type Site struct {
	Slug, Name, Region string

	Racks   []Rack
	Devices []Device
	Ports   []Port
	Cables  []Cable
	Aside   []int // how many cables are of power and consoles
	Types   []Type
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

// Port is an interface of a device.
type Port struct {
	ID     int64
	Device int64
	Name   string
	Type   string
}

// Cable joins two interfaces, A with B.
type Cable struct {
	ID      int64
	A       int64
	AName   string `db:"a_name"`
	ADevice int64  `db:"a_device"`
	B       int64
	BName   string `db:"b_name"`
	BDevice int64  `db:"b_device"`
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

// LeftOut says what of a site has no place in a plan that is made out, nor in a map.
func (s *Site) LeftOut() []string {
	n := 0
	for _, aside := range s.Aside {
		n += aside
	}
	if n == 0 {
		return []string{}
	}
	return []string{fmt.Sprintf(
		"cables of power and consoles are left out (%d): write zones that carry them into the plan, and diet preview asks about each.", n)}
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
