package generate

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// deviceType is a device type of the catalog, or one merely referenced.
type deviceType struct {
	slug  string
	path  string
	body  *DeviceTypeSpec   // nil: nothing is known of it
	must  bool              // it must exist, though a body tells what it is like
	ports map[string]string // interface type by name
	lib   *libraryType      // of an imported one
	cages map[int]cage      // its ports by number
	lanes *pattern          // of the names of lanes, where the plan says it
	open  bool              // nobody knows the ports of some of its modules
	bays  map[string]string // positions of its bays for modules by name; nil where nothing says them

	sockets map[string]map[string]string // types by name of ports that carry no data, by NetBox's kind of them
	outlets map[string]map[int]cage      // those by number
}

// known tells whether the plan describes the type.
func (t *deviceType) known() bool { return t != nil && t.body != nil }

// units is the height, 1 where nothing says it.
func (t *deviceType) units() float64 {
	if !t.known() || t.body.U == nil {
		return 1
	}
	return *t.body.U
}

// fullDepth is NetBox's default, true, unless the body says otherwise.
func (t *deviceType) fullDepth() bool {
	return !t.known() || t.body.FullDepth == nil || *t.body.FullDepth
}

func (m *model) compileCatalog() {
	cat := &m.plan.Spec.Catalog
	for _, e := range entries(m.fs, "spec.catalog.deviceTypes", cat.DeviceTypes, func(*DeviceTypeSpec) *int { return nil }) {
		m.checkSlug(e.path, e.key)
		m.types[e.key] = m.listed(e.path, e.key, e.body)
	}
	for _, e := range entries(m.fs, "spec.catalog.moduleTypes", cat.ModuleTypes, func(*ModuleTypeSpec) *int { return nil }) {
		if e.body == nil && m.modules[e.key] != nil {
			continue // the imported one tells its ports
		}
		if e.body != nil {
			m.expandPorts(e.path+".ports", e.body.Ports, map[string]string{})
		}
		m.modules[e.key] = e.body
	}
	for _, k := range sortedKeys(cat.Roles) {
		m.checkSlug("spec.catalog.roles."+k, k)
	}
	for _, k := range sortedKeys(cat.Manufacturers) {
		m.checkSlug("spec.catalog.manufacturers."+k, k)
	}
}

// listed is the type of an entry of the catalog. An imported one of that slug gives what the
// entry does not say: its ports above all. Without a body, it must exist all the same.
func (m *model) listed(path, slug string, body *DeviceTypeSpec) *deviceType {
	lib := m.plan.library.withSlug(slug)
	if lib == nil || body.whole() {
		return m.own(path, slug, body)
	}
	t := m.imported(lib, path)
	if t.must = body == nil; t.must {
		return t
	}
	t.body.Manufacturer, t.body.Model = cmp.Or(body.Manufacturer, t.body.Manufacturer), cmp.Or(body.Model, t.body.Model)
	t.body.U, t.body.FullDepth = cmp.Or(body.U, t.body.U), cmp.Or(body.FullDepth, t.body.FullDepth)
	if len(body.Ports) > 0 {
		m.fs.add(path+".ports", "give the type a manufacturer and a model of its own, or change the file",
			"the ports of an imported type are those of its file")
	}
	if len(body.ModuleBays) > 0 {
		m.fs.add(path+".moduleBays", "give the type a manufacturer and a model of its own, or change the file",
			"the bays of an imported type are those of its file")
	}
	for _, s := range body.sockets() {
		if len(s.types) > 0 {
			m.fs.add(path+"."+s.key, "give the type a manufacturer and a model of its own, or change the file",
				"the ports of an imported type are those of its file")
		}
	}
	t.lanes = m.compileLanes(path+".breakout", body.Breakout)
	return t
}

// whole reports whether an entry of the catalog is a type by itself.
func (s *DeviceTypeSpec) whole() bool { return s != nil && s.Manufacturer != "" && s.Model != "" }

// own is a type that the plan describes by itself, or that it only names.
func (m *model) own(path, slug string, body *DeviceTypeSpec) *deviceType {
	t := &deviceType{slug: slug, path: path, body: body, ports: map[string]string{}}
	if body == nil {
		return t
	}
	for _, x := range [][2]string{{"manufacturer", body.Manufacturer}, {"model", body.Model}} {
		if x[1] == "" {
			m.fs.add(path, "", "%q is missing", x[0])
		}
	}
	m.expandPorts(path+".ports", body.Ports, t.ports)
	m.ownSockets(path, t)
	t.lanes = m.compileLanes(path+".breakout", body.Breakout)
	t.bays = m.ownBays(path+".moduleBays", body.ModuleBays)
	return t
}

func (m *model) expandPorts(path string, ports, into map[string]string) {
	for _, raw := range sortedKeys(ports) {
		names, err := expandModular(raw)
		if err != nil {
			m.fs.add(path+"."+raw, "", "%v", err)
		}
		if !m.fs.spend(path+"."+raw, len(names)) {
			return
		}
		for _, n := range names {
			if into[n] != "" {
				m.fs.add(path+"."+raw, "", "the port %q is given twice", n)
			}
			if utf8.RuneCountInString(n) > maxName {
				m.fs.add(path+"."+raw, "", "the port name %q is longer than %d", n, maxName)
			}
			if into[n] = ports[raw]; ports[raw] == "" {
				m.fs.add(path+"."+raw, "such as 25gbase-x-sfp28", "the port has no interface type")
			}
		}
	}
}

// importTypes takes what is wrong with the imported files for findings of the plan's, and
// lets NICs name imported module types.
func (m *model) importTypes() {
	l := m.plan.library
	if l == nil {
		if len(m.plan.Spec.Catalog.Import) > 0 && !m.plan.src.partial {
			m.fs.add("spec.catalog.import", "read the plan from its file", "what the plan imports is not read here")
		}
		return
	}
	m.fs.list = append(m.fs.list, l.findings...)
	for model, x := range l.modules {
		if t := x.typ; t != nil {
			m.modules[model] = &ModuleTypeSpec{Manufacturer: slugOf(t.Manufacturer), Model: model, Ports: t.interfacePorts()}
		}
	}
}

func (m *model) checkSlug(path, slug string) {
	if !keySyntax.MatchString(slug) || len(slug) > maxSlug {
		m.fs.add(path, fmt.Sprintf("use letters, digits, _ and -, at most %d", maxSlug), "%q is not a valid slug", slug)
	}
}

// useType enters a class's device type, so that the topology names it: one of the catalog,
// an imported one, or one that must exist.
func (m *model) useType(d *device) {
	if d.typ == "" || m.types[d.typ] != nil {
		return
	}
	path := d.path + ".type"
	switch found := m.plan.library.find(d.typ); {
	case len(found) > 1:
		var slugs []string
		for _, t := range found {
			slugs = append(slugs, t.Slug)
		}
		m.fs.add(path, "name one by its slug: "+listWords(slugs, 8), "several imported types are of the model %q", d.typ)
	case len(found) == 1:
		if d.typ = found[0].Slug; m.types[d.typ] == nil {
			m.types[d.typ] = m.imported(found[0], path)
		}
	default:
		if !keySyntax.MatchString(d.typ) || len(d.typ) > maxSlug {
			m.fs.add(path, m.nearType(d.typ), "%q is neither the slug of a device type nor the model of an imported one", d.typ)
		}
		m.types[d.typ] = &deviceType{slug: d.typ, ports: map[string]string{}}
	}
}

// imported makes an imported type one of the catalog.
func (m *model) imported(t *libraryType, path string) *deviceType {
	maker := slugOf(t.Manufacturer)
	if maker == "" {
		m.fs.add(path, "name the maker in Latin letters", "the manufacturer %q of the imported type %q makes no slug", t.Manufacturer, t.Slug)
	}
	m.makers[maker] = t.Manufacturer
	for i := range t.Items {
		if name := t.Items[i].Manufacturer; name != nil {
			m.makers[slugOf(*name)] = *name
		}
	}
	out := &deviceType{
		slug: t.Slug, path: path, lib: t, ports: t.interfacePorts(), cages: cagesOf(t.Interfaces),
		body: &DeviceTypeSpec{Manufacturer: maker, Model: t.Model, U: t.Height, FullDepth: t.FullDepth},
	}
	out.importSockets()
	out.importBays()
	return out
}

// nearType is a hint with the imported type that is named nearest.
func (m *model) nearType(word string) string {
	if m.plan.library == nil {
		return fmt.Sprintf("use letters, digits, _ and -, at most %d", maxSlug)
	}
	return m.fs.near(word, append(sortedKeys(m.plan.library.bySlug), sortedKeys(m.plan.library.byModel)...))
}

// title turns a slug into a name: fabric-controller is Fabric Controller.
func title(slug string) string {
	words := strings.FieldsFunc(slug, func(r rune) bool { return r == '-' || r == '_' })
	for i, w := range words {
		r, n := utf8.DecodeRuneInString(w)
		words[i] = string(unicode.ToUpper(r)) + w[n:]
	}
	return strings.Join(words, " ")
}

// roleColors are the colors of the roles that the language knows; others are grey.
var roleColors = map[string]string{
	"leaf": "2196f3", "spine": "3f51b5", "border": "9c27b0", "oob": "607d8b",
	"server": "4caf50", "storage": "ff9800", "infra": "009688", "gateway": "00bcd4", "pdu": "795548", "cdu": "03a9f4",
}

const otherColor = "9e9e9e"

// roleColor is the color of a role without one in the catalog.
func roleColor(slug string) string { return cmp.Or(roleColors[slug], otherColor) }

// roleName is the name of a role without one in the catalog.
func roleName(slug string) string {
	if known := map[string]string{"oob": "OOB", "pdu": "PDU", "cdu": "CDU"}[slug]; known != "" {
		return known
	}
	return title(slug)
}

// role gives the topology's role of a slug.
func (m *model) role(slug string) Role {
	r := Role{Slug: slug, Name: roleName(slug), Color: roleColor(slug), Ensure: true}
	spec, listed := m.plan.Spec.Catalog.Roles[slug]
	if listed && spec == nil {
		r.Ensure = false
	}
	if spec != nil {
		r.Name, r.Color = cmp.Or(spec.Name, r.Name), cmp.Or(spec.Color, r.Color)
	}
	return r
}

// manufacturer gives the topology's manufacturer of a slug.
func (m *model) manufacturer(slug string) Manufacturer {
	out := Manufacturer{Slug: slug, Name: title(slug), Ensure: true}
	spec, listed := m.plan.Spec.Catalog.Manufacturers[slug]
	if listed && spec == nil {
		out.Ensure = false
	}
	if imported := m.makers[slug]; imported != "" {
		out.Name = imported
	}
	if spec != nil && spec.Name != "" {
		out.Name = spec.Name
	}
	return out
}

// template gives the topology's device type.
func (t *deviceType) template() DeviceType {
	out := DeviceType{Slug: t.slug, UHeight: t.units(), FullDepth: t.fullDepth()}
	if t.body == nil || t.must {
		return out
	}
	out.Ensure, out.Manufacturer, out.Model = true, t.body.Manufacturer, t.body.Model
	for _, name := range sortedKeys(t.ports) {
		out.Ports = append(out.Ports, PortTemplate{Name: name, Type: t.ports[name]})
	}
	if t.lib != nil {
		out.Parts, out.Fields = t.lib.parts(), t.lib.more()
	} else {
		out.Parts = t.socketParts(out.Templates())
		out.Parts = t.bayParts(out.Templates(), out.Parts)
	}
	return out
}

// shared fills the topology's kinds that are found by slug and ensured.
func (m *model) shared(t *Topology) {
	t.Site = Site{Slug: m.plan.Spec.Site.Slug, Name: cmp.Or(m.plan.Spec.Site.Name, m.plan.Spec.Site.Slug), Region: m.plan.Spec.Site.Region}
	roles, makers, locations := map[string]bool{}, map[string]bool{}, map[string]bool{}
	for _, p := range m.pools {
		if p.location != "" && p.count > 0 {
			locations[p.location] = true
		}
	}
	for i := range t.Devices {
		roles[t.Devices[i].Role] = true
	}
	for s := range m.plan.Spec.Catalog.Roles {
		roles[s] = true
	}
	for s := range m.plan.Spec.Catalog.Manufacturers {
		makers[s] = true
	}
	for s := range m.makers {
		makers[s] = true
	}
	for _, word := range sortedKeys(m.inBays) {
		mt := m.inBays[word].template()
		t.ModuleTypes = append(t.ModuleTypes, mt)
		if mt.Manufacturer != "" {
			makers[mt.Manufacturer] = true
		}
	}
	for _, slug := range slices.Sorted(maps.Keys(m.types)) {
		dt := m.types[slug].template()
		t.DeviceTypes = append(t.DeviceTypes, dt)
		if dt.Manufacturer != "" {
			makers[dt.Manufacturer] = true
		}
	}
	for _, s := range slices.Sorted(maps.Keys(roles)) {
		t.Roles = append(t.Roles, m.role(s))
	}
	for _, s := range slices.Sorted(maps.Keys(makers)) {
		t.Manufacturers = append(t.Manufacturers, m.manufacturer(s))
	}
	for _, s := range slices.Sorted(maps.Keys(locations)) {
		t.Locations = append(t.Locations, Location{Slug: s, Name: s})
	}
	t.Tags = m.tags.of(t.Devices)
}

// gbps prints a speed in Mb/s as Gb/s.
func gbps(mbps int) string {
	if mbps%1000 == 0 {
		return fmt.Sprint(mbps / 1000)
	}
	return fmt.Sprintf("%.1f", float64(mbps)/1000)
}
