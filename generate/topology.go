package generate

import (
	"strconv"
	"strings"
)

// Topology is what a plan generates: every object to have in NetBox, each
// with its stable object id. All slices are sorted by ID (or slug), so two
// topologies of one plan are equal exactly if they are deeply equal.
//
// References between objects are by object id (racks, devices, interfaces) or
// by slug (site, location, manufacturer, device type, role, tenant, platform,
// tag). A nil pointer or slice is *not stated*: the plan leaves that field
// alone, which is not the same as wanting it empty.
type Topology struct {
	Plan          PlanInfo       `json:"plan"`
	Site          Site           `json:"site"`
	Locations     []Location     `json:"locations"`
	Panels        []PowerPanel   `json:"power_panels,omitempty"`
	Manufacturers []Manufacturer `json:"manufacturers"`
	DeviceTypes   []DeviceType   `json:"device_types"`
	Roles         []Role         `json:"device_roles"`
	Tags          []Tag          `json:"tags"`
	ModuleTypes   []DeviceType   `json:"module_types,omitempty"`
	Racks         []Rack         `json:"racks"`
	Devices       []Device       `json:"devices"`
	Modules       []Module       `json:"modules,omitempty"`
	Interfaces    []Interface    `json:"interfaces"`
	Cables        []Cable        `json:"cables"`

	// Breakouts are the cables of which each is of several lanes, where the plan asks for such:
	// those of Cables that they name are no objects of their own then.
	Breakouts []Breakout `json:"breakouts,omitempty"`

	// Unsaid tells people what the plan asks for and NetBox has no word for.
	Unsaid []string `json:"-"`

	single   []int               // the cables that are of no breakout; nil where there are no breakouts
	replaced map[string][]string // see Instead

	// Recalled are the objects to have, where they are those of an earlier time and not a
	// plan's: then there are no others.
	Recalled []Object `json:"-"`

	// Moved says which object ids of this topology had another one before.
	Moved []Move `json:"moved,omitempty"`

	// Takes are the plans that objects of this one were of before.
	Takes []Taking `json:"-"`

	// Given are the ids of the plan's objects that another plan takes over, with its key.
	Given map[string]string `json:"-"`
}

// Move is one object whose key was renamed: it is the same object. From is
// the id that NetBox may still hold, To the id in this topology.
type Move struct {
	From string `json:"from"`
	To   string `json:"to"`
}

// PlanInfo is what the rest of diet needs to know of the plan itself.
type PlanInfo struct {
	// Key is metadata.name: the owner reference and the prefix of every object id.
	Key string `json:"key"`

	// UID is metadata.uid: objects of the same key and another uid are another owner's.
	UID string `json:"uid,omitempty"`

	// File is the path the plan was read from; empty for a plan read from memory.
	File string `json:"file,omitempty"`

	// Site is the slug of the plan's site, which the policies go by also where the plan wants nothing any more.
	Site string `json:"site,omitempty"`

	// Digest is the hexadecimal SHA-256 of the plan document.
	Digest string `json:"digest"`

	// Meaning is a digest of what the document says, whatever its layout, order and comments.
	Meaning string `json:"meaning,omitempty"`

	// Classes are the ids of the plan's classes and rack pools, sorted, those that
	// make nothing included: gpu, backend.leaf, rack:compute.
	Classes []string `json:"classes,omitempty"`

	// Removed says by class, or by fabric, what becomes of the objects of what is no longer
	// in the plan: orphan or delete.
	Removed map[string]string `json:"removed,omitempty"`

	// Labels are metadata.labels, handed to the policies.
	Labels map[string]string `json:"labels,omitempty"`

	// Reconcile is spec.reconcile with its defaults filled in.
	Reconcile Reconcile `json:"reconcile"`
}

// Site is found by slug, and created where absent.
type Site struct {
	Slug   string `json:"slug"`
	Name   string `json:"name"`
	Region string `json:"region,omitempty"`
}

// Location of racks; found by slug within the site, and created where absent.
type Location struct {
	Slug string `json:"slug"`
	Name string `json:"name"`
}

// Manufacturer is found by slug. Ensure is false where the plan names it
// without a body or only through a type that must exist already.
type Manufacturer struct {
	Slug   string `json:"slug"`
	Name   string `json:"name"`
	Ensure bool   `json:"ensure"`
}

// DeviceType is found by slug. With Ensure it is created where absent, with
// its interface templates; without, it must exist.
type DeviceType struct {
	Slug         string         `json:"slug"`
	Manufacturer string         `json:"manufacturer,omitempty"`
	Model        string         `json:"model,omitempty"`
	UHeight      float64        `json:"u_height"`
	FullDepth    bool           `json:"is_full_depth"`
	Ports        []PortTemplate `json:"ports,omitempty"`
	Ensure       bool           `json:"ensure"`
	Module       bool           `json:"module,omitempty"` // it is a module type, which is found by its model

	// Parts are all templates of an imported type, what others refer to first, and Fields its
	// further fields, by NetBox's names.
	Parts  []Part         `json:"parts,omitempty"`
	Fields map[string]any `json:"fields,omitempty"`
}

// Part is a template of a device type: of an interface, a power port, a bay.
type Part struct {
	Kind string `json:"kind"` // interface_template
	Name string `json:"name"`

	// Fields are by NetBox's names; a [Ref] to another part is to <slug>/<name>.
	Fields map[string]any `json:"fields"`
}

// Templates are all templates of a type.
func (x *DeviceType) Templates() []Part {
	if x.Parts != nil {
		return x.Parts
	}
	out := make([]Part, len(x.Ports))
	for i, p := range x.Ports {
		out[i] = Part{Kind: "interface_template", Name: p.Name, Fields: map[string]any{"name": p.Name, "type": p.Type}}
	}
	return out
}

// PortTemplate is one interface template of a device type.
type PortTemplate struct {
	Name string `json:"name"`
	Type string `json:"type"`
}

// Role is a device role, found by slug and created where absent.
type Role struct {
	Slug   string `json:"slug"`
	Name   string `json:"name"`
	Color  string `json:"color"`
	Ensure bool   `json:"ensure"`
}

// Tag is found by slug and created where absent.
type Tag struct {
	Slug string `json:"slug"`
	Name string `json:"name"`
}

// Rack is owned by the plan that counts it.
type Rack struct {
	ID       string `json:"id"`
	Source   string `json:"source"` // the pool, as rack:<pool>
	Name     string `json:"name"`
	Units    int    `json:"u_height"`
	Location string `json:"location,omitempty"` // slug; "" is not stated

	CustomFields map[string]any `json:"custom_fields,omitempty"`
}

// Device is a switch or a node.
type Device struct {
	ID     string `json:"id"`
	Source string `json:"source"` // the class: gpu, backend.leaf
	Fabric string `json:"fabric,omitempty"`
	Class  string `json:"class"`
	// Ordinal is the permanent number of the device in its class, from 1.
	Ordinal int    `json:"ordinal"`
	Name    string `json:"name"`
	Type    string `json:"device_type"` // slug
	Role    string `json:"role"`        // slug
	Status  string `json:"status"`
	// Tier is what a switch is in its fabric (leaf, spine, border, oob) where its role in
	// NetBox has another name.
	Tier string `json:"tier,omitempty"`

	// Rack is the rack's object id; "" for a device outside the racks.
	Rack string `json:"rack,omitempty"`
	// Position is the lowest rack unit; 0 for a device that is in the rack at no position.
	Position float64 `json:"position,omitempty"`
	Face     string  `json:"face,omitempty"` // front or rear; "" without a position

	// The fields of defaults and set; nil is not stated.
	Description  *string        `json:"description,omitempty"`
	Comments     *string        `json:"comments,omitempty"`
	Tenant       *string        `json:"tenant,omitempty"`   // slug; "" wants none
	Platform     *string        `json:"platform,omitempty"` // slug; "" wants none
	Tags         []string       `json:"tags,omitempty"`     // slugs, sorted
	CustomFields map[string]any `json:"custom_fields,omitempty"`

	// Redundancy is the class's, mclag or eslag, and Group the switch's group in
	// its class, from 1; "" and 0 where it has none. They are data.
	Redundancy string `json:"redundancy,omitempty"`
	Group      int    `json:"group,omitempty"`

	// DeletionPolicy is the class's own; "" is the plan's.
	DeletionPolicy string `json:"deletion_policy,omitempty"`
}

// Interface is a port that the plan cables, a LAG, or a port that is broken out.
type Interface struct {
	ID     string `json:"id"`
	Device string `json:"device"` // object id
	Name   string `json:"name"`

	*PortTraits

	// Bundle is the LAG interface that it is a member of; "" is not stated.
	Bundle string `json:"member_of,omitempty"`

	// On is the module that it is on, "" for none.
	On string `json:"on_module,omitempty"`

	// Feed is of a power feed, whose Device is the rack.
	Feed *Feed `json:"feed,omitempty"`

	CustomFields map[string]any `json:"custom_fields,omitempty"`
}

// PortTraits are what many ports have in common: of a million, there are some hundred. They are
// shared, and so are replaced rather than changed; no [Interface] is without.
type PortTraits struct {
	// Kind is NetBox's kind of a port that carries no data: power_port, power_outlet. "" is an
	// interface.
	Kind string `json:"kind,omitempty"`

	Source string `json:"source"`
	Type   string `json:"type"` // NetBox's interface type, such as 25gbase-x-sfp28
	// Speed is the lane's speed in Gb/s; 0 where the plan does not say.
	Speed int `json:"speed_gbps,omitempty"`
	// Module is the NIC's module type and LAG the link's lag; "" where there is none. They are data.
	Module string `json:"module,omitempty"`
	LAG    string `json:"lag,omitempty"`

	// Label is what it is labelled; "" is not stated. Disabled is a port that is broken out,
	// Enabled one that a breakout cable is plugged into.
	Label    string `json:"label,omitempty"`
	Disabled bool   `json:"disabled,omitempty"`
	Enabled  bool   `json:"enabled,omitempty"`

	// Lanes is into how many lanes the switch port is broken out that this is one of, 1 for a
	// whole port; 0 for a port that is in no zone. Link is the key of the node's link. Exports
	// and sheets read them; they are no part of what is printed.
	Lanes int    `json:"-"`
	Link  string `json:"-"`

	// Cage is the name of the port that it is a lane of, where the lane has another.
	Cage string `json:"-"`

	trunk *Interface // the port that it is a lane of, where one cable is to be of all lanes
}

// Port is the id of the port that an interface is, or that it is a lane of.
func (i *Interface) Port() string {
	if i.Lanes < 2 {
		return i.ID
	}
	port, _, _ := SplitLane(i.ID)
	return port
}

// SplitLane splits the id of a lane into that of its port and its number, from 1 on; ok is false for other ids.
func SplitLane(id string) (port string, n int, ok bool) {
	at := max(strings.LastIndexByte(id, ':'), 0)
	n, err := strconv.Atoi(strings.TrimPrefix(id[at:], ":"))
	return id[:at], n, err == nil && n > 0 && at > strings.LastIndexByte(id, '/')
}

// Cable joins two interfaces. A is the end that names it.
type Cable struct {
	ID string `json:"id"`
	A  string `json:"a"` // interface object id
	B  string `json:"b"` // interface object id

	*CableTraits

	CustomFields map[string]any `json:"custom_fields,omitempty"`
}

// CableTraits are what many cables have in common, as [PortTraits]; no [Cable] is without.
type CableTraits struct {
	Source     string   `json:"source"` // the class of the A end's device
	Status     string   `json:"status"` // connected or planned
	Type       *string  `json:"type,omitempty"`
	Color      *string  `json:"color,omitempty"`
	Label      *string  `json:"label,omitempty"`
	Length     *float64 `json:"length,omitempty"`
	LengthUnit *string  `json:"length_unit,omitempty"`

	// Carries is what goes through it where that is no data: power.
	Carries string `json:"carries,omitempty"`
}

// Cabled are the ids of the interfaces that a cable ends on: not those of LAGs, nor of ports
// that only their lanes make up.
func (t *Topology) Cabled() map[string]bool {
	out := make(map[string]bool, 2*len(t.Cables))
	for i := range t.Cables {
		out[t.Cables[i].A], out[t.Cables[i].B] = true, true
	}
	return out
}

// Ends are the two interface object ids of a cable, A first.
type Ends struct {
	A string `json:"a"`
	B string `json:"b"`
}

// Prior is where diet last put each cable of a plan, by the cable's object id:
// the base in NetBox, never what somebody changed since. A nil Prior is a
// first generation.
type Prior map[string]Ends
