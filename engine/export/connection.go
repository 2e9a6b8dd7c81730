package export

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/diet-project/diet/generate/natural"
)

// portRef names a port: device/port.
type portRef struct {
	Port string `yaml:"port"`
}

// connection gathers the cables of one Connection.
type connection struct {
	kind  string // as in its name: mclag-domain
	name  string
	links []map[string]portRef // by what Hedgehog calls the two sides
}

// connect sorts the cables into connections.
func (x *wiring) connect() error {
	for i := range x.data.Cables {
		a, b := x.data.Cables[i].A, x.data.Cables[i].B
		var err error
		switch {
		case x.isSwitch(a.Device) && x.isSwitch(b.Device):
			err = x.joinSwitches(a, b)
		case x.isSwitch(b.Device) && a.Device.Fabric == "":
			err = x.joinServer(a, b)
		}
		if err != nil {
			return err
		}
	}
	for _, c := range x.conns {
		if c.kind == "mclag-domain" && len(c.links) < 2 {
			return fmt.Errorf("connect %s for Hedgehog: an MCLAG pair needs two cables, one for the peer link and one for the session link", c.name)
		}
	}
	return nil
}

// joinSwitches adds a cable between two switches: of a fabric between a spine and a leaf,
// else of a mesh, or of an MCLAG pair.
func (x *wiring) joinSwitches(a, b *Port) error {
	if a.Device.Tier == "spine" && b.Device.Tier == "spine" {
		return fmt.Errorf("connect %s and %s for Hedgehog: it knows no cables between spines", a.Device.Name, b.Device.Name)
	}
	if b.Device.Tier == "spine" {
		a, b = b, a
	}
	if a.Device.Tier == "spine" {
		return x.add("fabric", a.Device.ID+" "+b.Device.ID, []*Port{a, b}, "spine", "leaf")
	}
	pair := a.Device.Class == b.Device.Class && a.Device.Redundancy == "mclag" && a.Device.Group == b.Device.Group
	if pair {
		return x.add("mclag-domain", a.Device.ID+" "+b.Device.ID, []*Port{a, b}, "switch1", "switch2")
	}
	return x.add("mesh", a.Device.ID+" "+b.Device.ID, []*Port{a, b}, "leaf1", "leaf2")
}

// joinServer adds a cable of a server: what one link of the plan bonds is one connection.
func (x *wiring) joinServer(server, sw *Port) error {
	kind, key := "unbundled", server.Cable
	switch lag := server.LAG; {
	case lag == "bundle":
		kind, key = "bundled", server.Device.ID+" "+server.Link+" "+sw.Device.ID
	case lag != "" && bonded(server) > 1:
		kind, key = lag, server.Device.ID+" "+server.Link
	}
	return x.add(kind, key, []*Port{server, sw}, "server", "switch")
}

// bonded is how many ports of a server are in one bond with a port.
func bonded(p *Port) int {
	n := 0
	for _, o := range p.Device.Ports {
		if o.Link == p.Link && o.LAG == p.LAG {
			n++
		}
	}
	return n
}

func (x *wiring) add(kind, key string, ends []*Port, sides ...string) error {
	link := map[string]portRef{}
	for i, p := range ends {
		ref, err := x.port(p)
		if err != nil {
			return err
		}
		link[sides[i]] = ref
	}
	first, second := x.names[ends[0].Device.ID], x.names[ends[1].Device.ID]
	c := x.conns[kind+" "+key]
	if c == nil {
		c = &connection{kind: kind, name: first + "--" + kind}
		x.conns[kind+" "+key] = c
	}
	if c.links = append(c.links, link); !slices.Contains(strings.Split(c.name, "--")[2:], second) {
		c.name += "--" + second
	}
	return nil
}

// connections are the documents, in order of their names. Where several have one name, the
// server's port tells them apart.
func (x *wiring) connections() []object {
	list := slices.SortedFunc(maps.Values(x.conns), func(a, b *connection) int {
		if a.name != b.name {
			return natural.Compare(a.name, b.name)
		}
		return natural.Compare(a.links[0]["server"].Port, b.links[0]["server"].Port)
	})
	uses := map[string]int{}
	for _, c := range list {
		uses[c.name]++
	}
	out := make([]object, 0, len(list))
	for _, c := range list {
		name := c.name
		if uses[name] > 1 {
			_, port, _ := strings.Cut(c.links[0]["server"].Port, "/")
			name += "--" + strings.Trim(notInNames.ReplaceAllString(strings.ToLower(port), "-"), "-")
		}
		out = append(out, newObject("Connection", name, c.spec()))
	}
	return out
}

// spec is the connection as Hedgehog has it.
func (c *connection) spec() any {
	switch c.kind {
	case "unbundled":
		return map[string]any{"unbundled": map[string]any{"link": c.links[0]}}
	case "mclag-domain":
		half := (len(c.links) + 1) / 2
		return map[string]any{"mclagDomain": map[string]any{"peerLinks": c.links[:half], "sessionLinks": c.links[half:]}}
	}
	return map[string]any{c.kind: map[string]any{"links": c.links}}
}
