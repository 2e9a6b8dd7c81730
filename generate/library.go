package generate

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"path"
	"slices"
	"strings"
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

// library holds the types that a plan imports.
type library struct {
	bySlug   map[string]*libraryType
	byModel  map[string][]*libraryType
	modules  map[string]*libraryType // module types by model
	digests  map[*libraryType]string
	from     map[*libraryType]string // the file
	findings []Finding
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
	l := &library{
		bySlug: map[string]*libraryType{}, byModel: map[string][]*libraryType{}, modules: map[string]*libraryType{},
		digests: map[*libraryType]string{}, from: map[*libraryType]string{},
	}
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

// add reads one file: a type, or one finding.
func (l *library) add(f File) {
	t, faults := readType(f)
	if len(faults) == 0 {
		faults = l.enter(t, f)
	}
	if len(faults) == 0 {
		return
	}
	one := faults[0]
	if n := len(faults) - 1; n > 0 {
		one.Message += fmt.Sprintf(", and %d more in this file", n)
	}
	if one.Hint == "" {
		one.Hint = "mend the file, or leave it out: add \"!" + path.Base(f.Name) + "\" to spec.catalog.import"
	}
	l.findings = append(l.findings, one)
}

// enter makes a type known by its slug and model.
func (l *library) enter(t *libraryType, f File) []Finding {
	sum := sha256.Sum256(f.Data)
	l.digests[t], l.from[t] = hex.EncodeToString(sum[:]), f.Name
	if t.Slug == "" {
		l.modules[t.Model] = t
		return nil
	}
	if other := l.bySlug[t.Slug]; other != nil {
		return []Finding{{File: f.Name, Line: 1, Column: 1, Path: "slug", Message: fmt.Sprintf("%s has the slug %q too", l.from[other], t.Slug)}}
	}
	l.bySlug[t.Slug] = t
	l.byModel[t.Model] = append(l.byModel[t.Model], t)
	return nil
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
	if len(t.DeviceBays) > 0 && (t.SubdeviceRole == nil || *t.SubdeviceRole != "parent") {
		fs.add("device-bays", "write subdevice_role: parent", "only a parent has bays for devices")
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
	if l == nil {
		return nil
	}
	return l.bySlug[slug]
}

// find gives the imported type that a class names, by slug or by model; several where a
// model is that of several makers.
func (l *library) find(word string) []*libraryType {
	if l == nil {
		return nil
	}
	if t := l.bySlug[word]; t != nil {
		return []*libraryType{t}
	}
	return l.byModel[word]
}

// digest is over a plan's document and the imported types that its classes and NICs may use.
func (p *Plan) digest() string {
	if p.library == nil {
		return p.src.digest
	}
	text := p.src.digest
	for _, slug := range sortedKeys(p.library.bySlug) {
		if t := p.library.bySlug[slug]; p.names(t) {
			text += "\n" + slug + " " + p.library.digests[t]
		}
	}
	for _, model := range sortedKeys(p.library.modules) {
		text += "\n" + model + " " + p.library.digests[p.library.modules[model]]
	}
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

// names reports whether a class of the plan has a type.
func (p *Plan) names(t *libraryType) bool {
	is := func(word string) bool { return word == t.Slug || word == t.Model }
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
