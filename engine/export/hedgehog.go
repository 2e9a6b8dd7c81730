package export

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"

	"github.com/diet-project/diet/generate"
	"github.com/diet-project/diet/generate/natural"
	"github.com/diet-project/diet/generate/plain"
)

// HedgehogOptions choose what is written.
type HedgehogOptions struct {
	// Fabrics are those whose switches are written, with the servers that they serve. Empty is all.
	Fabrics []string
}

// wiringAPI is the version of Hedgehog's wiring objects.
const wiringAPI = "wiring.githedgehog.com/v1beta1"

// object is one document of a wiring diagram.
type object struct {
	APIVersion string `yaml:"apiVersion"`
	Kind       string `yaml:"kind"`
	Metadata   struct {
		Name string `yaml:"name"`
	} `yaml:"metadata"`
	Spec any `yaml:"spec"`
}

type switchSpec struct {
	Role        string            `yaml:"role"`
	Description string            `yaml:"description,omitempty"`
	Profile     string            `yaml:"profile"`
	Groups      []string          `yaml:"groups,omitempty"`
	Redundancy  *redundancy       `yaml:"redundancy,omitempty"`
	Breakouts   map[string]string `yaml:"portBreakouts,omitempty"`
}

type redundancy struct {
	Group string `yaml:"group"`
	Type  string `yaml:"type"`
}

type serverSpec struct {
	Description string `yaml:"description,omitempty"`
}

// wiring is a diagram in the making.
type wiring struct {
	data  *Data
	only  []string
	names map[string]string // by the id of a device, and of a switch group
	taken map[string]string
	conns map[string]*connection
}

// Hedgehog writes the switches of managed roles, the servers that they serve and the
// connections between them as a wiring diagram. What a plan does not know (serial numbers,
// namespaces of VLANs and addresses) is left to whoever completes it.
func Hedgehog(w io.Writer, t *generate.Topology, opts HedgehogOptions) error {
	x := &wiring{data: NewData(t), only: opts.Fabrics, names: map[string]string{}, taken: map[string]string{}, conns: map[string]*connection{}}
	if err := x.check(); err != nil {
		return err
	}
	objects, err := x.objects()
	if err != nil {
		return err
	}
	const head = "# Wiring of plan %s, made by diet. Each switch needs its spec.boot.serial or spec.boot.mac.\n"
	if _, err := fmt.Fprintf(w, head, t.Plan.Key); err != nil {
		return fmt.Errorf("write wiring: %w", err)
	}
	for _, left := range LeftOut(t) {
		if _, err := fmt.Fprintf(w, "# Left out: %s.\n", plain.Line(left)); err != nil {
			return fmt.Errorf("write wiring: %w", err)
		}
	}
	docs := make([]any, len(objects))
	for i, o := range objects {
		docs[i] = o
	}
	return generate.EncodeYAML(w, docs...)
}

// check refuses fabrics that there are not.
func (x *wiring) check() error {
	var known []string
	for _, d := range x.data.Devices {
		if d.Fabric != "" && !slices.Contains(known, d.Fabric) {
			known = append(known, d.Fabric)
		}
	}
	for _, f := range x.only {
		if !slices.Contains(known, f) {
			slices.SortFunc(known, natural.Compare)
			return fmt.Errorf("find fabric %q%s: there are %s", f, generate.Meant(f, known), cmp.Or(strings.Join(known, ", "), "none"))
		}
	}
	return nil
}

func (x *wiring) objects() ([]object, error) {
	if err := x.connect(); err != nil {
		return nil, err
	}
	groups, switches, servers := map[string]object{}, []object{}, []object{}
	for _, d := range x.data.Devices {
		name, err := x.name(d.ID, d.Name)
		switch {
		case err != nil:
			return nil, err
		case x.isSwitch(d):
			o, group, err := x.switchOf(d, name)
			if err != nil {
				return nil, err
			}
			switches = append(switches, o)
			if group != "" {
				groups[group] = newObject("SwitchGroup", group, struct{}{})
			}
		case x.isServed(d):
			servers = append(servers, newObject("Server", name, serverSpec{d.Description}))
		}
	}
	return slices.Concat(inOrder(groups), switches, servers, x.connections()), nil
}

func inOrder(of map[string]object) []object {
	out := make([]object, 0, len(of))
	for _, o := range of {
		out = append(out, o)
	}
	slices.SortFunc(out, func(a, b object) int { return natural.Compare(a.Metadata.Name, b.Metadata.Name) })
	return out
}

func newObject(kind, name string, spec any) object {
	o := object{APIVersion: wiringAPI, Kind: kind, Spec: spec}
	o.Metadata.Name = name
	return o
}

var wiringRoles = map[string]string{"spine": "spine", "leaf": "server-leaf", "border": "border-leaf"}

// isSwitch reports whether a device is one of Hedgehog's switches: not one that only carries
// management.
func (x *wiring) isSwitch(d *Device) bool {
	return wiringRoles[d.Tier] != "" && (len(x.only) == 0 || slices.Contains(x.only, d.Fabric))
}

func (x *wiring) isServed(d *Device) bool {
	return d.Fabric == "" && slices.ContainsFunc(d.Ports, func(p *Port) bool { return p.Peer != nil && x.isSwitch(p.Peer.Device) })
}

func (x *wiring) switchOf(d *Device, name string) (o object, group string, err error) {
	spec := switchSpec{Role: wiringRoles[d.Tier], Description: d.Description, Profile: d.Type, Breakouts: breakouts(d)}
	if d.Redundancy != "" && d.Group > 0 {
		group, err = x.name(fmt.Sprint("group ", d.Class, " ", d.Group), fmt.Sprint(d.Class, "-", d.Group))
		spec.Groups, spec.Redundancy = []string{group}, &redundancy{group, d.Redundancy}
	}
	return newObject("Switch", name, spec), group, err
}

// breakouts are those of a switch's ports, by port.
func breakouts(d *Device) map[string]string {
	out := map[string]string{}
	for _, p := range d.Ports {
		if p.Lanes > 1 {
			out[p.Name[:max(strings.LastIndexByte(p.Name, '/'), 0)]] = fmt.Sprintf("%dx%dG", p.Lanes, p.Speed)
		}
	}
	return out
}

var notInNames = regexp.MustCompile(`[^a-z0-9]+`)

// name is what an object is called in Kubernetes: lower case, digits and hyphens.
func (x *wiring) name(id, given string) (string, error) {
	name := strings.Trim(notInNames.ReplaceAllString(strings.ToLower(given), "-"), "-")
	switch other := x.taken[name]; {
	case name == "":
		return "", fmt.Errorf("name %q for Hedgehog: it has no letter or digit", given)
	case other != "" && other != id:
		return "", fmt.Errorf("name %q for Hedgehog: %s and %s would both be %q", given, other, id, name)
	}
	x.names[id], x.taken[name] = name, id
	return name, nil
}

var wiringPort = regexp.MustCompile(`^E\d+/\d+(/\d+)?$`)

// errPorts is wrapped where a switch names its ports otherwise than Hedgehog.
var errPorts = errors.New("ports of Hedgehog's switches are named E1/1, and E1/1/1 where broken out")

// port is a port as connections name it.
func (x *wiring) port(p *Port) (portRef, error) {
	d := p.Device
	if x.isSwitch(d) && !wiringPort.MatchString(p.Name) {
		return portRef{}, fmt.Errorf("name port %q of %s for Hedgehog: %w", p.Name, d.Name, errPorts)
	}
	name, err := x.name(d.ID, d.Name)
	return portRef{name + "/" + p.Name}, err
}
