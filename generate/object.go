package generate

import (
	"cmp"
	"maps"
	"slices"
	"strings"
)

// Ref is a reference from one object to another.
type Ref struct {
	Kind   string
	Object string // object id of an owned object; slug of a shared one

	// ID and Key are the NetBox id and the natural key of a shared object that diet has once
	// applied. It is found by its id then, and Object is empty.
	ID  int64
	Key string
}

// Object is one owned object of a topology in NetBox's terms: its fields by the names
// of NetBox's API, a tag as tag.<slug>, a custom field as cf.<name>. A field that is
// absent is not stated; nil wants none. A value is nil, bool, int, float64, string, a
// [Ref], or what YAML has for JSON.
type Object struct {
	Kind, ID, Source, Name string

	Owner  string // object id of what it is a part of: an interface's device
	Fields map[string]any

	// Apart says what diet's record is to say of fields whose value is somebody else's. It is
	// of objects of an earlier time only: a plan's fields are applied as they stand.
	Apart map[string]Applied
}

// Applied is what diet's record says of a field; Known tells that null was applied from that
// nothing was.
type Applied struct {
	Value any
	Known bool
}

// Shared is one object of a topology that other plans use too.
type Shared struct {
	Kind, Slug, Name string

	Ensure  bool           // create it where absent; otherwise it must exist
	Fields  map[string]any // what a creation states
	Compare []string       // the fields whose difference is reported
}

// Objects lists every owned object, what others refer to first.
func (t *Topology) Objects() []Object {
	out := make([]Object, t.Len())
	for i := range out {
		out[i] = t.At(i)
	}
	return out
}

// Len is how many owned objects a topology has.
func (t *Topology) Len() int {
	if t.Recalled != nil {
		return len(t.Recalled)
	}
	return len(t.Racks) + len(t.Devices) + 2*len(t.Modules) + len(t.Interfaces) + t.cables()
}

// At is one of [Topology.Objects], by its place there.
func (t *Topology) At(i int) Object {
	if t.Recalled != nil {
		o := t.Recalled[i]
		o.Fields = maps.Clone(o.Fields)
		return o
	}
	if i < len(t.Racks) {
		return t.Racks[i].object(t)
	}
	if i -= len(t.Racks); i < len(t.Devices) {
		return t.Devices[i].object(t)
	}
	i -= len(t.Devices)
	if x, bay := t.moduleAt(i); bay {
		return x.bay()
	} else if x != nil {
		return x.object()
	}
	if i -= 2 * len(t.Modules); i < len(t.Interfaces) {
		return t.Interfaces[i].object()
	}
	c, b := t.cableAt(i - len(t.Interfaces))
	if b != nil {
		return b.object()
	}
	return c.object()
}

// moduleAt is whose object is the i-th of those of modules, all bays before all modules, and whether it
// is the bay; nil is none.
func (t *Topology) moduleAt(i int) (x *Module, bay bool) {
	switch n := len(t.Modules); {
	case i < n:
		return &t.Modules[i], true
	case i < 2*n:
		return &t.Modules[i-n], false
	}
	return nil, false
}

// Kind is NetBox's kind of the type.
func (x *DeviceType) Kind() string {
	if x.Module {
		return "module_type"
	}
	return "device_type"
}

// IDAt is the kind and the id of one of [Topology.Objects], by its place there.
func (t *Topology) IDAt(i int) (kind, id string) {
	if t.Recalled != nil {
		return t.Recalled[i].Kind, t.Recalled[i].ID
	}
	if i < len(t.Racks) {
		return "rack", t.Racks[i].ID
	}
	if i -= len(t.Racks); i < len(t.Devices) {
		return "device", t.Devices[i].ID
	}
	i -= len(t.Devices)
	if x, bay := t.moduleAt(i); bay {
		return "module_bay", x.Bay
	} else if x != nil {
		return "module", x.ID
	}
	if i -= 2 * len(t.Modules); i < len(t.Interfaces) {
		return t.Interfaces[i].OfKind(), t.Interfaces[i].ID
	}
	c, b := t.cableAt(i - len(t.Interfaces))
	if b != nil {
		return "cable", b.ID
	}
	return "cable", c.ID
}

func (r *Rack) object(t *Topology) Object {
	fields := map[string]any{
		"name":     strings.TrimSpace(r.Name),
		"site":     Ref{Kind: "site", Object: t.Site.Slug},
		"u_height": r.Units,
	}
	if r.Location != "" {
		fields["location"] = Ref{Kind: "location", Object: r.Location}
	}
	setCustom(fields, r.CustomFields)
	return Object{Kind: "rack", ID: r.ID, Source: r.Source, Name: r.Name, Fields: fields}
}

func (d *Device) object(t *Topology) Object {
	fields := map[string]any{
		"name":        strings.TrimSpace(d.Name),
		"site":        Ref{Kind: "site", Object: t.Site.Slug},
		"device_type": Ref{Kind: "device_type", Object: d.Type},
		"role":        Ref{Kind: "device_role", Object: d.Role},
		"status":      d.Status,
	}
	if d.Rack != "" {
		fields["rack"] = Ref{Kind: "rack", Object: d.Rack}
	}
	switch {
	case d.Position != 0:
		fields["position"] = d.Position
		fields["face"] = d.Face
	case d.Rack != "" && t.flat(d.Type):
		fields["position"] = nil // NetBox takes none, and a device that had another type may have one
	}
	text(fields, "description", d.Description)
	text(fields, "comments", d.Comments)
	reference(fields, "tenant", d.Tenant)
	reference(fields, "platform", d.Platform)
	for _, slug := range d.Tags {
		fields["tag."+slug] = true
	}
	setCustom(fields, d.CustomFields)
	return Object{Kind: "device", ID: d.ID, Source: d.Source, Name: d.Name, Fields: fields}
}

// flat reports whether devices of a type take no rack unit.
func (t *Topology) flat(slug string) bool {
	return slices.ContainsFunc(t.DeviceTypes, func(x DeviceType) bool { return x.Slug == slug && x.UHeight == 0 })
}

func (i *Interface) object() Object {
	if i.Feed != nil {
		fields := map[string]any{"name": strings.TrimSpace(i.Name)}
		i.Feed.fields(fields)
		setCustom(fields, i.CustomFields)
		return Object{Kind: i.OfKind(), ID: i.ID, Source: i.Source, Name: i.Name, Fields: fields}
	}
	fields := map[string]any{
		"device": Ref{Kind: "device", Object: i.Device},
		"name":   strings.TrimSpace(i.Name),
	}
	if i.Kind == "" || i.Type != "" {
		fields["type"] = i.Type
	}
	if i.On != "" {
		fields["module"] = Ref{Kind: "module", Object: i.On}
	}
	if i.Bundle != "" {
		fields["lag"] = Ref{Kind: "interface", Object: i.Bundle}
	}
	if i.Label != "" {
		fields["label"] = strings.TrimSpace(i.Label)
	}
	if i.Disabled || i.Enabled {
		fields["enabled"] = i.Enabled
	}
	setCustom(fields, i.CustomFields)
	return Object{Kind: i.OfKind(), ID: i.ID, Source: i.Source, Name: i.Name, Owner: i.Device, Fields: fields}
}

// OfKind is NetBox's kind of a port.
func (i *Interface) OfKind() string { return cmp.Or(i.Kind, interfaceKind) }

func (c *Cable) object() Object {
	fields := map[string]any{"status": c.Status}
	if m := media[c.Carries]; m != nil {
		fields[m.near], fields[m.far] = Ref{Kind: m.near, Object: c.A}, Ref{Kind: m.far, Object: c.B}
	} else {
		fields["a"], fields["b"] = Ref{Kind: "interface", Object: c.A}, Ref{Kind: "interface", Object: c.B}
	}
	text(fields, "type", c.Type)
	text(fields, "color", c.Color)
	text(fields, "label", c.Label)
	text(fields, "length_unit", c.LengthUnit)
	if c.Length != nil {
		fields["length"] = *c.Length
	}
	setCustom(fields, c.CustomFields)
	return Object{Kind: "cable", ID: c.ID, Source: c.Source, Name: c.ID, Fields: fields}
}

// text states a text field; nil is not stated. NetBox trims what it stores.
func text(fields map[string]any, name string, value *string) {
	if value != nil {
		fields[name] = strings.TrimSpace(*value)
	}
}

// reference states a reference by slug; nil is not stated, "" wants none. The field has
// the name of the kind.
func reference(fields map[string]any, name string, slug *string) {
	switch {
	case slug == nil:
	case *slug == "":
		fields[name] = nil
	default:
		fields[name] = Ref{Kind: name, Object: *slug}
	}
}

// CableDevice is the object id of the device that a cable is named by, that of its A
// end: <plan>/<device>/<port>~.
func CableDevice(cable string) string {
	plan, rest, _ := strings.Cut(cable, "/")
	device, _, _ := strings.Cut(rest, "/")
	device, _, _ = strings.Cut(device, "~")
	return plan + "/" + device
}

// Shared lists what the topology needs of the shared kinds, what others refer to first.
func (t *Topology) Shared() []Shared {
	var out []Shared
	for _, x := range t.Tags {
		out = append(out, named("tag", x.Slug, x.Name, true, nil))
	}
	out = append(out, t.mentioned()...)
	for _, x := range t.Manufacturers {
		out = append(out, named("manufacturer", x.Slug, x.Name, x.Ensure, nil).comparing("name", x.Name != title(x.Slug)))
	}
	for _, x := range t.Roles {
		out = append(out, named("device_role", x.Slug, x.Name, x.Ensure, map[string]any{"color": x.Color}).
			comparing("name", x.Name != roleName(x.Slug)).comparing("color", x.Color != roleColor(x.Slug)))
	}
	out = append(out, t.site()...)
	for _, x := range t.Panels {
		out = append(out, Shared{
			Kind: "power_panel", Slug: x.Name, Name: x.Name, Ensure: true,
			Fields: map[string]any{"name": x.Name, "site": Ref{Kind: "site", Object: t.Site.Slug}},
		})
	}
	for _, x := range t.Locations {
		out = append(out, named("location", x.Slug, x.Name, true, map[string]any{"site": Ref{Kind: "site", Object: t.Site.Slug}}))
	}
	for i := range t.DeviceTypes {
		out = append(out, t.DeviceTypes[i].shared())
	}
	for i := range t.ModuleTypes {
		out = append(out, t.ModuleTypes[i].shared())
	}
	return out
}

// named is a shared object with a name and a slug, and more fields.
func named(kind, slug, name string, ensure bool, more map[string]any) Shared {
	fields := map[string]any{"name": name, "slug": slug}
	maps.Copy(fields, more)
	return Shared{Kind: kind, Slug: slug, Name: name, Ensure: ensure, Fields: fields}
}

// site is the site, with the region that it is in: that must exist.
func (t *Topology) site() []Shared {
	if t.Site.Slug == "" {
		return nil // nothing is wanted, and so nowhere
	}
	fields := map[string]any{"status": "active"}
	var out []Shared
	if region := t.Site.Region; region != "" {
		out = append(out, Shared{Kind: "region", Slug: region, Name: region})
		fields["region"] = Ref{Kind: "region", Object: region}
	}
	site := named("site", t.Site.Slug, t.Site.Name, true, fields)
	return append(out, site.comparing("name", t.Site.Name != t.Site.Slug).comparing("region", t.Site.Region != ""))
}

// comparing has a field compared where the plan states it.
func (s Shared) comparing(field string, stated bool) Shared {
	if stated && s.Ensure {
		s.Compare = append(s.Compare, field)
	}
	return s
}

func (x *DeviceType) shared() Shared {
	out := Shared{Kind: x.Kind(), Slug: x.Slug, Name: x.Model, Ensure: x.Ensure}
	if x.Module {
		out.Name = x.Slug
	}
	if x.Ensure && x.Module {
		out.Fields = map[string]any{"model": x.Model, "manufacturer": Ref{Kind: "manufacturer", Object: x.Manufacturer}}
		maps.Copy(out.Fields, x.Fields)
	} else if x.Ensure {
		out.Fields = map[string]any{
			"model": x.Model, "slug": x.Slug, "u_height": x.UHeight, "is_full_depth": x.FullDepth,
			"manufacturer": Ref{Kind: "manufacturer", Object: x.Manufacturer},
		}
		maps.Copy(out.Fields, x.Fields)
		out.Compare = []string{"model", "u_height"}
	}
	return out
}

// mentioned lists the tenants and platforms that devices name: they must exist.
func (t *Topology) mentioned() []Shared {
	seen := map[Ref]struct{}{}
	var out []Shared
	add := func(kind string, slug *string) {
		if slug == nil || *slug == "" {
			return
		}
		ref := Ref{Kind: kind, Object: *slug}
		if _, ok := seen[ref]; !ok {
			seen[ref] = struct{}{}
			out = append(out, Shared{Kind: kind, Slug: *slug, Name: *slug})
		}
	}
	for i := range t.Devices {
		add("tenant", t.Devices[i].Tenant)
		add("platform", t.Devices[i].Platform)
	}
	return out
}

// Place is what a shared object is to be found within: a device type's slug is unique
// only within its manufacturer, a location's only within its site. No Ref where the
// slug alone is enough.
func (t *Topology) Place(kind, slug string) (field string, within Ref) {
	switch kind {
	case "location", "power_panel":
		return "site", Ref{Kind: "site", Object: t.Site.Slug}
	case "device_type", "module_type":
		for _, x := range slices.Concat(t.DeviceTypes, t.ModuleTypes) {
			if x.Kind() == kind && x.Slug == slug && x.Manufacturer != "" {
				return "manufacturer", Ref{Kind: "manufacturer", Object: x.Manufacturer}
			}
		}
	}
	return "", Ref{}
}
