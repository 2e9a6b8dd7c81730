package generate

import (
	"cmp"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/diet-project/diet/generate/natural"
	"github.com/diet-project/diet/generate/plain"
)

// moduleToken is what NetBox replaces in the names of a module's components by the position of its
// bay.
const moduleToken = "{module}"

// Module is a module in a bay of a device. The plan owns both.
type Module struct {
	ID       string `json:"id"`
	Bay      string `json:"bay"` // object id of the bay
	Source   string `json:"source"`
	Device   string `json:"device"` // object id
	Name     string `json:"name"`   // of the bay
	Position string `json:"position,omitempty"`
	Type     string `json:"module_type"` // the model
	Status   string `json:"status"`

	CustomFields    map[string]any `json:"custom_fields,omitempty"`
	BayCustomFields map[string]any `json:"bay_custom_fields,omitempty"`

	ports map[string]string // kinds of the ports that come with it, by name
}

// ModulePorts are the ports that come with each module: its id, their kind and name.
func (t *Topology) ModulePorts() []any {
	var out []any
	for i := range t.Modules {
		for _, name := range sortedKeys(t.Modules[i].ports) {
			out = append(out, []any{t.Modules[i].ID, t.Modules[i].ports[name], name})
		}
	}
	return out
}

// moduleType is a module type that classes have in their bays.
type moduleType struct {
	model, maker string
	ensure       bool // the plan knows what it is like
	lib          *libraryType
	parts        []Part
}

// fitting is a module in a bay of each device of a class.
type fitting struct {
	bay, position string
	typ           *moduleType
	ports         map[string]string // kinds of its ports, by name
}

// id is the bay in an object id, and on what a port's id ends that is on the module: another module
// in that bay is another object, with other ports.
func (f *fitting) id() string { return "bay:" + f.bay }
func (f *fitting) on() string { return "@" + f.typ.model }

// typeOf is the device type of a class, with the ports of its modules.
func (m *model) typeOf(d *device) *deviceType {
	if d.fitted != nil {
		return d.fitted
	}
	return m.types[d.typ]
}

// compileModules reads which modules stand in the bays of a class's devices.
func (m *model) compileModules(d *device, spec map[string]string) {
	base, path := m.types[d.typ], d.path+".modules"
	switch {
	case len(spec) == 0 || base == nil:
		return
	case m.unread() && !base.known():
		return // what is wrong with its file is told
	case !base.known() || base.bays == nil:
		m.fs.add(path, "import the type, or give it moduleBays in the catalog",
			"the catalog does not say which bays the device type %s has", d.typ)
		return
	}
	d.fitted, d.on, d.fittedIn = base.clone(), map[string]string{}, map[string]*fitting{}
	for _, raw := range sortedKeys(spec) {
		at := path + "." + raw
		bays, err := expandBraces(raw)
		if err != nil {
			m.fs.add(at, "", "%v", err)
			continue
		}
		if !m.fs.spend(at, len(bays)) {
			return
		}
		if typ := m.moduleType(at, spec[raw]); typ != nil {
			m.fill(at, d, bays, typ)
			continue
		}
		d.fitted.open = true
	}
	slices.SortFunc(d.fits, func(a, b *fitting) int { return natural.Compare(a.bay, b.bay) })
}

// unread reports whether some of what the plan imports is not read, which is an error of its own.
func (m *model) unread() bool {
	l := m.plan.library
	return l == nil && len(m.plan.Spec.Catalog.Import) > 0 || l != nil && len(l.findings) > 0
}

// fill puts modules of a type into bays.
func (m *model) fill(path string, d *device, bays []string, typ *moduleType) {
	has := m.types[d.typ].bays
	for _, bay := range bays {
		position, there := has[bay]
		switch {
		case !there:
			d.fitted.open = true
			m.noBay(path, d, bay)
			return
		case slices.ContainsFunc(d.fits, func(f *fitting) bool { return f.bay == bay }):
			m.fs.add(path, "", "the bay %q is given twice", bay)
			return
		}
		f := &fitting{bay: bay, position: position, typ: typ, ports: map[string]string{}}
		if d.fits = append(d.fits, f); !m.fit(path, d, f) {
			return
		}
	}
}

// noBay reports a bay that a device type lacks; it may be one of a module.
func (m *model) noBay(path string, d *device, bay string) {
	has := m.types[d.typ].bays
	for _, lib := range m.plan.library.modulars() {
		if lib.hasBay(bay) {
			m.fs.add(path, "leave it out: what people put there stays, and is theirs; to cable its ports, give the type a body without ports",
				"the device type %s has no bay %q; modules of the type %s have such bays, and a plan puts modules into bays of devices alone",
				d.typ, bay, lib.Model)
			return
		}
	}
	names := slices.SortedFunc(maps.Keys(has), natural.Compare)
	m.fs.add(path, cmp.Or(m.fs.near(bay, names), "there are "+listWords(names, 8)), "the device type %s has no bay %q", d.typ, bay)
}

// hasBay reports whether modules of the type have a bay of that name, which may stand behind that of the
// bay that the module is in: Sub 3/1, Slot 3/Sub 3/1. {module} stands for anything.
func (l *libraryType) hasBay(word string) bool {
	for i := range l.ModuleBays {
		parts := strings.Split(l.ModuleBays[i].Name, moduleToken)
		if parts[0] == "" {
			continue // such a name tells nothing
		}
		for j := range parts {
			parts[j] = regexp.QuoteMeta(parts[j])
		}
		form, err := regexp.Compile("(?s)(^|[/.:])" + strings.Join(parts, ".+") + "$")
		if err == nil && form.MatchString(word) {
			return true
		}
	}
	return false
}

// modulars are the imported module types, by model.
func (l *library) modulars() []*libraryType {
	if l == nil {
		return nil
	}
	var out []*libraryType
	for _, model := range sortedKeys(l.modules) {
		if typ := l.modules[model].typ; typ != nil {
			out = append(out, typ)
		}
	}
	return out
}

// moduleType finds a module type by the key of the catalog, or by the model of an imported one.
func (m *model) moduleType(path, word string) *moduleType {
	if t := m.inBays[word]; t != nil {
		return t
	}
	t := m.readModuleType(path, word)
	if t == nil {
		return nil
	}
	m.checkLength(path, "model", t.model, maxSlug)
	for key, other := range m.inBays {
		if other.model == t.model {
			m.fs.add(path, "name it by one of them everywhere", "%s and %s are both of the model %q", key, word, t.model)
		}
	}
	m.inBays[word] = t
	return t
}

func (m *model) readModuleType(path, word string) *moduleType {
	spec, listed := m.plan.Spec.Catalog.ModuleTypes[word]
	lib := m.plan.library.module(word)
	switch {
	case spec != nil && spec.Model != "" && spec.Manufacturer != "":
		return &moduleType{model: spec.Model, maker: spec.Manufacturer, ensure: true, parts: spec.modularParts()}
	case spec != nil:
		m.fs.add("spec.catalog.moduleTypes."+word, "", "a module type that stands in bays needs a manufacturer and a model")
		return nil
	case lib != nil:
		t := &moduleType{model: word, lib: lib, maker: slugOf(lib.Manufacturer), parts: lib.parts(), ensure: !listed}
		m.makers[t.maker] = lib.Manufacturer
		return t
	case listed:
		return &moduleType{model: word}
	}
	known := sortedKeys(m.plan.Spec.Catalog.ModuleTypes)
	if m.plan.library != nil {
		known = append(known, sortedKeys(m.plan.library.modules)...)
	}
	if m.unread() && (m.plan.library == nil || slices.Contains(known, word)) {
		return nil // what is wrong with its file is told
	}
	hint := cmp.Or(m.fs.near(word, known), "import its file, or list it in spec.catalog.moduleTypes")
	m.fs.add(path, hint, "there is no module type %q", word)
	return nil
}

// module is the imported module type of a model, nil for none.
func (l *library) module(model string) *libraryType {
	if l == nil || l.modules[model] == nil {
		return nil
	}
	return l.modules[model].typ
}

// modularParts are the templates of a module type of the plan's own.
func (s *ModuleTypeSpec) modularParts() []Part {
	var out []Part
	for _, raw := range sortedKeys(s.Ports) {
		names, _ := expandModular(raw) // the catalog reports it
		for _, name := range names {
			out = append(out, Part{Kind: "interface_template", Name: name, Fields: map[string]any{"name": name, "type": s.Ports[raw]}})
		}
	}
	slices.SortFunc(out, func(a, b Part) int { return natural.Compare(a.Name, b.Name) })
	return out
}

// expandModular expands the braces of a name of a module's port, in which {module} stays.
func expandModular(raw string) ([]string, error) {
	const kept = "\x00"
	names, err := expandBraces(strings.ReplaceAll(raw, moduleToken, kept))
	for i := range names {
		names[i] = strings.ReplaceAll(names[i], kept, moduleToken)
	}
	return names, err
}

// fit gives a device the ports of a module, by the names that NetBox gives them. It reports false after a
// finding.
func (m *model) fit(path string, d *device, f *fitting) bool {
	for i := range f.typ.parts {
		p := &f.typ.parts[i]
		kind := strings.TrimSuffix(p.Kind, "_template")
		if kind == "module_bay" {
			continue // of a module within the module; the plan puts none there
		}
		name := strings.ReplaceAll(p.Name, moduleToken, f.position)
		into := d.fitted.portsOf(kind)
		switch {
		case strings.Count(p.Name, moduleToken) > 1:
			m.fs.add(path, "one {module} is the position of its bay", "NetBox refuses %q, which names two bays, in a bay of a device", p.Name)
			return false
		case f.position == "" && strings.Contains(p.Name, moduleToken):
			m.fs.add(path, "give the bay a position", "NetBox refuses %q in the bay %q, which has no position", p.Name, f.bay)
			return false
		case there(into, name), d.fittedIn[name] != nil && d.fittedIn[name] != f:
			m.fs.add(path, "", "the module in %q brings the %s %q, which the device has already", f.bay, words(kind), name)
			return false
		case utf8.RuneCountInString(name) > maxName:
			m.fs.add(path, "", "the port name %q is longer than %d", name, maxName)
			return false
		}
		if into != nil {
			into[name], _ = p.Fields["type"].(string)
		}
		d.on[name], d.fittedIn[name], f.ports[name] = f.on(), f, kind
	}
	return true
}

// clone is a type that more ports can be added to.
func (t *deviceType) clone() *deviceType {
	out := *t
	out.ports = maps.Clone(t.ports)
	out.sockets, out.outlets = map[string]map[string]string{}, t.outlets
	for kind := range socketTypes {
		if out.sockets[kind] = maps.Clone(t.sockets[kind]); out.sockets[kind] == nil {
			out.sockets[kind] = map[string]string{}
		}
	}
	return &out
}

// portsOf are the ports of a kind by name; nil for a kind that the plan cables none of.
func (t *deviceType) portsOf(kind string) map[string]string {
	if kind == "interface" {
		return t.ports
	}
	return t.sockets[kind]
}

// checkNumbered reports a port of a zone that is on a module and is not called by its name.
func (m *model) checkNumbered(z *zone) {
	for _, p := range z.ports {
		if p >= firstNamed {
			continue
		}
		if name := m.lanePort(z, lane{port: p}); z.class.on[name] != "" {
			m.fs.add(z.path+".ports", "write "+name, "port %s is on a module, and those are called by their names", strconv.Itoa(p))
			return
		}
	}
}

// modules makes the modules of a device.
func (e *emitter) modules(d *device, b *bucket) []Module {
	dev := &b.device
	out := make([]Module, 0, len(d.fits))
	for _, f := range d.fits {
		bay := dev.ID + "/" + f.id()
		x := Module{
			ID: bay + f.on(), Bay: bay, Source: d.id, Device: dev.ID, Name: f.bay, Position: f.position, Type: f.typ.model, Status: "active",
			ports: f.ports, CustomFields: e.custom(b, "module", nil), BayCustomFields: e.custom(b, "module_bay", nil),
		}
		if e.status == planned {
			x.Status = planned
		}
		out = append(out, x)
	}
	return out
}

// card is the module that a port is on, in object ids; "" is none.
func (d *device) card(port string) string {
	if f := d.fittedIn[port]; f != nil {
		return f.id() + f.on()
	}
	return ""
}

// on is the object id of a module of the device.
func (b *bucket) on(card string) string {
	if card == "" {
		return ""
	}
	return b.device.ID + "/" + card
}

// template gives the topology's module type.
func (t *moduleType) template() DeviceType {
	out := DeviceType{Slug: t.model, Module: true}
	if t.ensure {
		out.Ensure, out.Manufacturer, out.Model, out.Parts = true, t.maker, t.model, t.parts
		if t.lib != nil {
			out.Fields = t.lib.more()
		}
	}
	return out
}

// ownBays reads the bays of a type of the plan's own: their positions by name.
func (m *model) ownBays(path string, spec map[string]string) map[string]string {
	if len(spec) == 0 {
		return nil
	}
	out := map[string]string{}
	for _, raw := range sortedKeys(spec) {
		names, err := expandBraces(raw)
		positions, errAt := expandBraces(spec[raw])
		switch {
		case err != nil || errAt != nil:
			m.fs.add(path+"."+raw, "", "%v", cmp.Or(err, errAt))
		case !m.fs.spend(path+"."+raw, len(names)):
			return out
		case len(names) != len(positions) && len(positions) != 1:
			m.fs.add(path+"."+raw, "such as \"Slot {1-8}\": \"{1-8}\"", "%s %s",
				plain.Count(len(names), "bay has", "bays have"), plain.Count(len(positions), "position", "positions"))
		}
		for i, name := range names {
			if _, twice := out[name]; twice {
				m.fs.add(path+"."+raw, "", "the bay %q is given twice", name)
			}
			if out[name] = ""; len(positions) > 0 {
				out[name] = positions[min(i, len(positions)-1)]
			}
			m.checkLength(path+"."+raw, "name of a bay", name, maxName)
			m.checkLength(path+"."+raw, "position of a bay", out[name], maxPosition)
		}
	}
	return out
}

// maxPosition is how long NetBox lets the position of a bay be.
const maxPosition = 30

// importBays reads those of an imported type.
func (t *deviceType) importBays() {
	t.bays = map[string]string{}
	for i := range t.lib.ModuleBays {
		bay := &t.lib.ModuleBays[i]
		if t.bays[bay.Name] = ""; bay.Position != nil {
			t.bays[bay.Name] = *bay.Position
		}
	}
}

// bayParts adds the templates of the bays of a type of the plan's own to its others.
func (t *deviceType) bayParts(interfaces, others []Part) []Part {
	if len(t.bays) == 0 {
		return others
	}
	if others == nil {
		others = interfaces
	}
	for _, name := range slices.SortedFunc(maps.Keys(t.bays), natural.Compare) {
		fields := map[string]any{"name": name, "position": t.bays[name]}
		others = append(others, Part{Kind: "module_bay_template", Name: name, Fields: fields})
	}
	return others
}

// bay is the object of a module's bay.
func (x *Module) bay() Object {
	fields := map[string]any{"device": Ref{Kind: "device", Object: x.Device}, "name": x.Name, "module": nil}
	if x.Position != "" {
		fields["position"] = x.Position
	}
	setCustom(fields, x.BayCustomFields)
	return Object{Kind: "module_bay", ID: x.Bay, Source: x.Source, Name: x.Name, Owner: x.Device, Fields: fields}
}

func (x *Module) object() Object {
	fields := map[string]any{
		"device": Ref{Kind: "device", Object: x.Device}, "module_bay": Ref{Kind: "module_bay", Object: x.Bay},
		"module_type": Ref{Kind: "module_type", Object: x.Type}, "status": x.Status,
	}
	setCustom(fields, x.CustomFields)
	return Object{Kind: "module", ID: x.ID, Source: x.Source, Name: x.Name + ": " + x.Type, Owner: x.Device, Fields: fields}
}

func (x *Module) stated(buf []byte) []byte {
	buf = stateTexts(buf, x.ID, x.Bay, x.Source, x.Device, x.Name, x.Position, x.Type, x.Status)
	return stateCustom(append(stateCustom(buf, x.CustomFields), '/'), x.BayCustomFields)
}
