package draw

import (
	"fmt"
	"maps"
	"slices"

	"github.com/diet-project/diet/generate"
	"github.com/diet-project/diet/generate/natural"
)

// focus keeps the devices of some classes and racks, what is cabled to them, and the cables
// between the two. It returns an error for a class or rack that the topology does not have.
func (v *view) focus(topo *generate.Topology, opts GraphOptions) error {
	if len(opts.Classes)+len(opts.Racks) == 0 {
		return nil
	}
	racks := map[string]string{}
	for _, r := range topo.Racks {
		racks[r.ID] = r.Name
	}
	classes := map[string]bool{}
	for _, d := range topo.Devices {
		classes[d.Source] = true
	}
	for _, c := range opts.Classes {
		if !classes[c] {
			return fmt.Errorf("find class %q in plan %s%s: there are %s",
				c, v.plan, generate.Meant(c, sorted(maps.Keys(classes))), listOr(sorted(maps.Keys(classes)), "none"))
		}
	}
	if err := known("rack", opts.Racks, sorted(maps.Values(racks))); err != nil {
		return err
	}
	chosen := make([]bool, len(v.devices))
	for i, d := range v.devices {
		chosen[i] = (len(opts.Classes) == 0 || slices.Contains(opts.Classes, d.Source)) &&
			(len(opts.Racks) == 0 || d.Rack != "" && slices.Contains(opts.Racks, racks[d.Rack]))
	}
	v.links = slices.DeleteFunc(v.links, func(l link) bool { return !chosen[l.a] && !chosen[l.b] })
	v.index()
	v.filter(func(i int) bool { return chosen[i] || len(v.near[i]) > 0 })
	return nil
}

func sorted(names func(func(string) bool)) []string { return slices.SortedFunc(names, natural.Compare) }
