package generate

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"path"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"unicode"

	"go.yaml.in/yaml/v3"
)

// File is a file that a plan imports.
type File struct {
	Name string
	Data []byte
}

// Files reads what an entry of spec.catalog.import names: a file, a folder, a pattern.
type Files func(entry string) ([]File, error)

// library knows the types that a plan imports. Only those that the plan names are read whole:
// of the thousands of others it knows what they are called.
type library struct {
	all      []*shelved
	bySlug   map[string]*shelved
	byModel  map[string][]*shelved
	modules  map[string]*shelved // module types by model
	findings []Finding
}

// shelved is a file of a library.
type shelved struct {
	file File
	typeHead
	typ  *libraryType // once it was read, and nothing is wrong with it
	read bool
}

// LoadWith is [Load] for a plan that may import types: files reads them.
func LoadWith(file string, data []byte, files Files) (*Plan, error) {
	plan, err := Load(file, data)
	if err != nil || len(plan.Spec.Catalog.Import) == 0 {
		return plan, err
	}
	plan.library, err = plan.readLibrary(files)
	return plan, err
}

// readLibrary reads what the plan imports. An entry that names nothing is an error; a file
// that is no type is a finding of the library's.
func (p *Plan) readLibrary(files Files) (*library, error) {
	l := &library{bySlug: map[string]*shelved{}, byModel: map[string][]*shelved{}, modules: map[string]*shelved{}}
	fs, without := newFindings(&p.src), p.left()
	read := map[string]bool{}
	for i, entry := range p.Spec.Catalog.Import {
		if strings.HasPrefix(entry, "!") {
			continue
		}
		list, err := files(entry)
		at := indexPath("spec.catalog.import", i)
		switch {
		case err != nil:
			fs.add(at, "name a file, a folder or a pattern, beside the plan", "%v", err)
		case len(list) == 0:
			fs.add(at, "a type is a .yaml or .yml file", "%q names no file", entry)
		}
		for _, f := range list {
			if !read[f.Name] && !leaves(without, f.Name) {
				read[f.Name] = true
				l.add(f)
			}
		}
	}
	for _, x := range l.all {
		if !x.read && p.names(x) {
			l.tell(x, x.load())
		}
	}
	slices.SortFunc(l.findings, func(a, b Finding) int { return cmp.Compare(a.File, b.File) })
	return l, fs.err()
}

// left are the patterns of the files that the plan leaves out.
func (p *Plan) left() []string {
	var out []string
	for _, entry := range p.Spec.Catalog.Import {
		if pattern, ok := strings.CutPrefix(entry, "!"); ok {
			out = append(out, path.Clean(pattern))
		}
	}
	return out
}

// leaves reports whether a file is left out: it, or a folder that it is in, fits a pattern.
func leaves(patterns []string, name string) bool {
	words := strings.Split(path.Clean(strings.ReplaceAll(name, "\\", "/")), "/")
	for _, p := range patterns {
		n := strings.Count(p, "/") + 1
		for i := 0; i+n <= len(words); i++ {
			if ok, err := path.Match(p, strings.Join(words[i:i+n], "/")); ok && err == nil {
				return true
			}
		}
	}
	return false
}

// add makes a file known by what it calls itself.
func (l *library) add(f File) {
	if isRackType(f.Data) {
		return // a checkout has those too
	}
	x := &shelved{file: f}
	head, plain := headOf(f.Data)
	if x.typeHead = head; !plain {
		if faults := x.load(); x.typ == nil {
			l.tell(x, faults)
			return
		}
		x.typeHead = typeHead{x.typ.Slug, x.typ.Model}
	}
	if other := l.bySlug[x.slug]; x.slug != "" && other != nil {
		l.tell(x, []Finding{{
			File: f.Name, Line: 1, Column: 1, Path: "slug", Message: fmt.Sprintf("%s has the slug %q too", other.file.Name, x.slug),
		}})
		return
	}
	if l.all = append(l.all, x); x.slug == "" {
		l.modules[x.model] = x
		return
	}
	l.bySlug[x.slug] = x
	l.byModel[x.model] = append(l.byModel[x.model], x)
}

// load reads a file whole.
func (x *shelved) load() []Finding {
	t, faults := readType(x.file)
	if x.read = true; len(faults) == 0 {
		x.typ = t
	}
	return faults
}

// tell notes what is wrong with a file, in one finding.
func (l *library) tell(x *shelved, faults []Finding) {
	if len(faults) == 0 {
		return
	}
	one := faults[0]
	if n := len(faults) - 1; n > 0 {
		one.Message += fmt.Sprintf(", and %d more in this file", n)
	}
	if one.Hint == "" {
		one.Hint = "mend the file, or leave it out: add \"!" + path.Base(x.file.Name) + "\" to spec.catalog.import"
	}
	l.findings = append(l.findings, one)
}

// CheckImports reads all files that the plan imports, also those of types that it does not
// name: what is wrong with them is found then.
func (p *Plan) CheckImports() {
	if p.library == nil {
		return
	}
	var left []*shelved
	for _, x := range p.library.all {
		if !x.read {
			left = append(left, x)
		}
	}
	faults := make([][]Finding, len(left))
	var wait sync.WaitGroup
	var next atomic.Int64
	for range runtime.GOMAXPROCS(0) {
		wait.Go(func() {
			for i := next.Add(1) - 1; i < int64(len(left)); i = next.Add(1) - 1 {
				faults[i] = left[i].load()
			}
		})
	}
	wait.Wait()
	for i, x := range left {
		p.library.tell(x, faults[i])
	}
	slices.SortFunc(p.library.findings, func(a, b Finding) int { return cmp.Compare(a.File, b.File) })
}

// readType reads a type and checks it by itself.
func readType(f File) (*libraryType, []Finding) {
	src := source{file: f.Name, pos: map[string]position{}}
	fs := newFindings(&src)
	root := parseDocument(fs, f.Data, language{name: "type", start: "start with manufacturer:"})
	if root == nil {
		return nil, fs.sorted()
	}
	t := &libraryType{}
	d := &decoder{fs: fs, pos: src.pos, lenient: true}
	d.walk(root)
	d.decode(root, t)
	if len(fs.list) == 0 {
		t.check(fs, root)
	}
	return t, fs.sorted()
}

// check reports what NetBox would refuse of a type.
func (t *libraryType) check(fs *findings, root *yaml.Node) {
	if t.Slug == "" && has(root, "u_height") {
		fs.add("slug", "", "%q is missing", "slug")
	}
	if (t.Weight == nil) != (t.WeightUnit == nil) {
		fs.add("weight", "", "weight and weight_unit go together")
	}
	names := map[string]map[string]bool{}
	for _, s := range t.sections() {
		names[s.key] = map[string]bool{}
		for i := range s.ports {
			p, at := &s.ports[i], indexPath(s.key, i)
			if names[s.key][p.Name] {
				fs.add(at, "", "the name %q is given twice", p.Name)
			}
			if names[s.key][p.Name] = true; s.typed && (p.Type == nil || *p.Type == "") {
				fs.add(at, "", "%q is missing", "type")
			}
		}
	}
	t.mapPorts(fs)
	for i := range t.Outlets {
		if p := t.Outlets[i].PowerPort; p != nil && !names["power-ports"][*p] {
			fs.add(indexPath("power-outlets", i), Suggest(*p, sortedKeys(names["power-ports"])), "there is no power port %q", *p)
		}
	}
	for i := range t.Fronts {
		switch p := t.Fronts[i].RearPort; {
		case p != nil && !names["rear-ports"][*p]:
			fs.add(indexPath("front-ports", i), Suggest(*p, sortedKeys(names["rear-ports"])), "there is no rear port %q", *p)
		}
	}
	t.checkBridges(fs, names["interfaces"])
	t.checkComponents(fs)
	if len(t.DeviceBays) > 0 && (t.SubdeviceRole == nil || *t.SubdeviceRole != "parent") {
		fs.add("device-bays", "write subdevice_role: parent", "only a parent has bays for devices")
	}
}

// checkBridges reports bridges that the type lacks, and interfaces that are bridged in a circle.
func (t *libraryType) checkBridges(fs *findings, names map[string]bool) {
	bridge := map[string]string{}
	for i := range t.Interfaces {
		if p := &t.Interfaces[i]; p.Bridge != nil && *p.Bridge != "" {
			bridge[p.Name] = *p.Bridge
		}
	}
	for i := range t.Interfaces {
		p, at := &t.Interfaces[i], indexPath("interfaces", i)
		to, ok := bridge[p.Name]
		if ok && !names[to] {
			fs.add(at, Suggest(to, sortedKeys(names)), "there is no interface %q to be the bridge", to)
			continue
		}
		for range len(bridge) {
			if to == p.Name {
				fs.add(at, "", "the interface %q is its own bridge, or bridged in a circle", p.Name)
				break
			}
			to = bridge[to]
		}
	}
}

// has reports whether a document has a key.
func has(root *yaml.Node, key string) bool {
	for i := 0; i+1 < len(root.Content); i += 2 {
		if root.Content[i].Value == key {
			return true
		}
	}
	return false
}

// mapPorts writes the mappings of ports, which newer files have apart, to the front ports.
func (t *libraryType) mapPorts(fs *findings) {
	for i := range t.PortMappings {
		m := &t.PortMappings[i]
		at := slices.IndexFunc(t.Fronts, func(p libraryPort) bool { return p.Name == m.Front })
		switch {
		case at < 0:
			fs.add(indexPath("port-mappings", i), "", "there is no front port %q", m.Front)
		case t.Fronts[at].RearPort != nil || m.FrontPosition > 1:
			fs.add(indexPath("port-mappings", i), "", "diet maps the first position of a front port to one rear port")
		default:
			position := max(1, m.RearPosition)
			t.Fronts[at].RearPort, t.Fronts[at].RearPortPosition = &m.Rear, &position
		}
	}
}

// withSlug gives the imported type of a slug, nil for none.
func (l *library) withSlug(slug string) *libraryType {
	if l == nil || l.bySlug[slug] == nil {
		return nil
	}
	return l.bySlug[slug].typ
}

// find gives the imported type that a class names, by slug or by model; several where a
// model is that of several makers.
func (l *library) find(word string) []*libraryType {
	if l == nil {
		return nil
	}
	if t := l.withSlug(word); t != nil {
		return []*libraryType{t}
	}
	var out []*libraryType
	for _, x := range l.byModel[word] {
		if x.typ != nil {
			out = append(out, x.typ)
		}
	}
	return out
}

// digest is over a plan's document and the imported types that its classes and NICs use.
func (p *Plan) digest(text string) string {
	if p.library == nil {
		return text
	}
	for _, slug := range sortedKeys(p.library.bySlug) {
		if x := p.library.bySlug[slug]; p.namesType(x) {
			text += "\n" + slug + " " + x.digest()
		}
	}
	for _, model := range sortedKeys(p.library.modules) {
		text += "\n" + model + " " + p.library.modules[model].digest()
	}
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

func (x *shelved) digest() string {
	sum := sha256.Sum256(x.file.Data)
	return hex.EncodeToString(sum[:])
}

// names reports whether the plan has to know a file whole: a class has the type, or a NIC, or
// the catalog lists it.
func (p *Plan) names(x *shelved) bool {
	if x.slug == "" {
		return p.namesModule(x.model)
	}
	_, listed := p.Spec.Catalog.DeviceTypes[x.slug]
	return listed || p.namesType(x)
}

// namesModule reports whether a NIC or a bay of the plan has a module type.
func (p *Plan) namesModule(model string) bool {
	is := func(typ string) bool { return typ == model }
	in := func(modules map[string]string) bool {
		return slices.ContainsFunc(slices.Collect(maps.Values(modules)), is)
	}
	for _, f := range p.Spec.Fabrics {
		for _, c := range f.Switches {
			if in(c.Modules) {
				return true
			}
		}
	}
	for _, n := range p.Spec.Nodes {
		if in(n.Modules) {
			return true
		}
		for _, c := range n.Nics {
			if is(c.Module) {
				return true
			}
		}
	}
	return false
}

// namesType reports whether a class of the plan has a type.
func (p *Plan) namesType(x *shelved) bool {
	is := func(word string) bool { return word == x.slug || word == x.model }
	for _, f := range p.Spec.Fabrics {
		for _, c := range f.Switches {
			if is(c.Type) {
				return true
			}
		}
	}
	for _, n := range p.Spec.Nodes {
		if is(n.Type) {
			return true
		}
	}
	return false
}

// slugOf is the slug that NetBox makes of a name.
func slugOf(name string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(name) {
		switch {
		case r < unicode.MaxASCII && (unicode.IsLetter(r) || unicode.IsDigit(r) || r == '_'):
			b.WriteRune(r)
		case r == ' ' || r == '-':
			if !strings.HasSuffix(b.String(), "-") {
				b.WriteByte('-')
			}
		}
	}
	return strings.Trim(b.String(), "-_")
}
