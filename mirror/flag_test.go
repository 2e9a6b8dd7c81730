package mirror_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/diet-project/diet/mirror/kinds"
	"github.com/diet-project/diet/mirror/sandbox/table"
)

// byEndpoint is the kind that the registry has for a model.
func byEndpoint(r kinds.Registry, m *table.Model) (kinds.Kind, bool) {
	for _, k := range r.Known() {
		if k.ObjectType == m.ObjectType() {
			return k, true
		}
	}
	return kinds.Kind{}, false
}

// kept reports whether NetBox keeps a count in a column, which it locks to write it.
func kept(n *table.Field) bool { return n.Count != nil && !n.Annotated && !n.ZeroNested }

// TestCountersAreNetBoxs holds Counter and Counted against the columns in which NetBox counts.
func TestCountersAreNetBoxs(t *testing.T) {
	t.Parallel()
	objects, registry := models(t), kinds.Standard()
	counter, counted := map[string]string{}, map[string]bool{}
	for _, listed := range objects {
		for _, m := range listed {
			to, known := byEndpoint(registry, m)
			for _, n := range m.Fields {
				if !known || !kept(n) {
					continue
				}
				k, ok := byEndpoint(registry, modelOf(objects, n.Count.Kind))
				switch {
				case to.IsOwned() && !ok:
					t.Errorf("%s counts %s in %s: the registry has no such kind", to.Name, n.Count.Kind, n.Name)
				case to.IsOwned():
					counter[k.Name] = n.Name
					if k.Counter != n.Name || k.Parent != n.Count.By {
						t.Errorf("%s: %s counts it by %s in %s, not in %q", k.Name, to.Name, n.Count.By, n.Name, k.Counter)
					}
				case ok && k.IsOwned() && k.Parent != n.Count.By && k.Refers(n.Count.By) != "":
					counted[k.Name+"."+n.Count.By] = true
				}
			}
		}
	}
	for _, k := range registry.Known() {
		if k.Counter != counter[k.Name] {
			t.Errorf("%s: no release counts it in %q", k.Name, k.Counter)
		}
		for _, f := range k.Fields {
			if f.Counted != counted[k.Name+"."+f.Name] {
				t.Errorf("%s.%s: Counted is %v", k.Name, f.Name, f.Counted)
			}
		}
	}
}

func modelOf(objects map[string][]*table.Model, kind string) *table.Model {
	for _, listed := range objects {
		if listed[0].Kind == kind {
			return listed[0]
		}
	}
	return &table.Model{}
}

// TestFoldedIsNetBoxs holds Folded against the rules by which NetBox finds that a name is taken.
func TestFoldedIsNetBoxs(t *testing.T) {
	t.Parallel()
	folds := map[string]bool{}
	for _, listed := range models(t) {
		for _, m := range listed {
			for _, n := range m.Fields {
				if foldedBy(m, n.Name) {
					folds[m.ObjectType()+"."+n.Name] = true
				}
			}
		}
	}
	for _, k := range kinds.Standard().Known() {
		for _, f := range k.Fields {
			if got := folds[k.ObjectType+"."+f.Name]; got != f.Folded && !k.Lazy {
				t.Errorf("%s.%s: Folded is %v", k.Name, f.Name, f.Folded)
			}
		}
	}
}

// foldedBy reports whether a rule of a model takes two texts for one that differ in case.
func foldedBy(m *table.Model, field string) bool {
	none, small, great := table.NewRecord(m), table.NewRecord(m), table.NewRecord(m)
	small.Set(field, "é")
	great.Set(field, "É")
	return slices.ContainsFunc(m.Unique, func(c table.Constraint) bool {
		if c.Key == nil || !slices.Contains(c.Fields, field) {
			return false
		}
		a, ruled := c.Key(small)
		b, _ := c.Key(great)
		without, _ := c.Key(none)
		return ruled && a == b && a != without
	})
}

// notCopied are references of the same name on both sides that NetBox leaves alone.
var notCopied = map[string]string{
	"device.tenant":    "a rack's tenant is not its devices'",
	"interface.device": "NetBox refuses a parent or a LAG of another device",
	"interface.parent": "likewise",
	"interface.lag":    "likewise",
	"interface.bridge": "likewise",

	"interface_template.device_type": "NetBox refuses a bridge of another type",
	"interface_template.module_type": "likewise",

	"module_bay.device":          "NetBox refuses a module of another device",
	"module.device":              "NetBox refuses a bay of another device",
	"interface.module":           "a LAG may be of another module, or of none",
	"console_port.device":        "NetBox refuses a module of another device",
	"console_server_port.device": "likewise",
	"power_port.device":          "likewise",
	"power_outlet.module":        "a power port may be of another module, or of none",

	"power_outlet.device": "NetBox refuses a power port of another device",
	"cable.power_port":    "it is an end of the cable, as power_outlet is",

	"power_feed.tenant": "a rack's tenant is not its feeds'",
	"cable.tenant":      "a feed's tenant is not its cable's",
}

// TestFollowsIsComplete finds a reference that repeats one of another object that it refers to,
// as a device's site repeats its rack's, and no Follows that says which is copied from which.
func TestFollowsIsComplete(t *testing.T) {
	t.Parallel()
	registry, seen := kinds.Standard(), map[string]bool{}
	for _, k := range registry.All() {
		for _, f := range k.Fields {
			repeats := slices.ContainsFunc(k.Fields, func(by kinds.Field) bool {
				return by.Name != f.Name && by.IsReference() && by.To != "" && k.Refers(f.Name) != "" &&
					registry.Must(by.To).Refers(f.Name) == k.Refers(f.Name)
			})
			name := k.Name + "." + f.Name
			_, left := notCopied[name]
			seen[name] = true
			if repeats == (f.Follows == "") && !left {
				t.Errorf("%s repeats what another object has: %v, and follows %q", name, repeats, f.Follows)
			}
		}
	}
	for name := range notCopied {
		if !seen[name] {
			t.Errorf("%s is left out, and is no field", name)
		}
	}
}

// TestPersonalAndTogether holds what people write, and a number with its unit, against the
// fields' names; and that every kind is watched on which a preview rests.
func TestPersonalAndTogether(t *testing.T) {
	t.Parallel()
	registry := kinds.Standard()
	written := []string{"comments", "serial", "asset_tag", "description", "label"}
	for _, k := range registry.Known() {
		owned := k.IsOwned() || k.StandsFor != "" && registry.Must(k.Refers(k.StandsFor)).IsOwned()
		if k.Watched != owned {
			t.Errorf("%s: Watched is %v", k.Name, k.Watched)
		}
		for _, f := range k.Fields {
			if (k.IsOwned() || k.Lazy && !k.Aside) && slices.Contains(written, f.Name) && !f.Personal {
				t.Errorf("%s.%s is not Personal", k.Name, f.Name)
			}
			of, isUnit := strings.CutSuffix(f.Name, "_unit")
			if _, there := k.Field(of); isUnit && there && !together(k, of, f.Name) {
				t.Errorf("%s: %s and %s are not Together", k.Name, of, f.Name)
			}
			keyed := k.IsOwned() && slices.Contains(k.Key, f.Name) && slices.Contains(k.Key, f.Follows)
			if keyed && !together(k, f.Name, f.Follows) {
				t.Errorf("%s: %s and %s are not Together", k.Name, f.Name, f.Follows)
			}
		}
	}
}

func together(k kinds.Kind, a, b string) bool {
	return slices.ContainsFunc(k.Together, func(group []string) bool { return slices.Contains(group, a) && slices.Contains(group, b) })
}
