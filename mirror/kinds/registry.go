package kinds

import (
	"fmt"
	"slices"
	"strings"
)

// Registry is an ordered list of kinds: those that others refer to come first. The zero
// value is empty.
type Registry struct {
	list   []Kind
	byName map[string]int

	// What is asked for all the time: a kind is large, and a list of all is not copied for a few.
	byType   map[string]int
	mirrored []Kind
	inRole   map[Role][]Kind
	refers   []refers // all that refer to something, aside or not
}

// refers is a stored field that refers to something, by its places in a registry.
type refers struct{ kind, field int }

// NewRegistry checks kinds and makes a registry of them. It panics if an entry
// contradicts itself or another: entries are constants of the program.
func NewRegistry(list ...Kind) Registry {
	r := Registry{
		list: slices.Clone(list), byName: make(map[string]int, len(list)), byType: make(map[string]int, len(list)),
		inRole: map[Role][]Kind{},
	}
	for i, k := range r.list {
		if _, twice := r.byName[k.Name]; twice {
			panic(fmt.Sprintf("kinds: %s is registered twice", k.Name))
		}
		r.byName[k.Name] = i
		if _, there := r.byType[k.ObjectType]; !there {
			r.byType[k.ObjectType] = i
		}
		if !k.Aside && !k.Lazy {
			r.mirrored = append(r.mirrored, k)
			r.inRole[k.Role] = append(r.inRole[k.Role], k)
		}
		for n, f := range k.Fields {
			if f.Stored() && (f.Type == Reference || f.Type == Generic) {
				r.refers = append(r.refers, refers{i, n})
			}
		}
	}
	for _, k := range r.list {
		if err := r.check(k); err != nil {
			panic(fmt.Sprintf("kinds: %s: %v", k.Name, err))
		}
	}
	return r
}

// With returns a registry with more kinds at its end. One with the name of a lazy kind
// replaces it, so that it is mirrored.
func (r Registry) With(more ...Kind) Registry {
	kept := slices.DeleteFunc(slices.Clone(r.list), func(k Kind) bool {
		return k.Lazy && slices.ContainsFunc(more, func(m Kind) bool { return m.Name == k.Name })
	})
	return NewRegistry(append(kept, more...)...)
}

// All lists the kinds that are mirrored, in order.
func (r Registry) All() []Kind {
	return slices.Clone(r.mirrored)
}

// Known lists all kinds in order, including lazy ones, but not those aside.
func (r Registry) Known() []Kind {
	return slices.DeleteFunc(slices.Clone(r.list), func(k Kind) bool { return k.Aside })
}

// Of finds a kind by its name (device_type) or its object type (dcim.devicetype).
func (r Registry) Of(name string) (Kind, bool) {
	if i, ok := r.byName[name]; ok {
		return r.list[i], true
	}
	if i, ok := r.byType[name]; ok {
		return r.list[i], true
	}
	return Kind{}, false
}

// Must is Of for a name in the program itself; it panics if there is no such kind.
func (r Registry) Must(name string) Kind {
	k, ok := r.Of(name)
	if !ok {
		panic(fmt.Sprintf("kinds: no kind %q", name))
	}
	return k
}

// InRole lists the kinds of a role, in order.
func (r Registry) InRole(role Role) []Kind {
	return slices.Clone(r.inRole[role])
}

// Sites is the kind of the places that a mirror may be narrowed to.
func (r Registry) Sites() Kind { return r.Must("site") }

// Owned lists the kinds that diet owns, in order.
func (r Registry) Owned() []Kind { return r.InRole(Owned) }

// Parts lists the kinds of the parts that a shared object comes with, those that others
// refer to first; none where it has none.
func (r Registry) Parts(of Kind) []Kind {
	if of.Role != Shared {
		return nil
	}
	return slices.DeleteFunc(r.InRole(Shared), func(k Kind) bool { return !k.Attached || k.PartOf(of.Name) == "" })
}

// Rank orders kinds; unknown ones come last.
func (r Registry) Rank(name string) int {
	if i, ok := r.byName[name]; ok {
		return i
	}
	return len(r.list)
}

// Referrer is a field of a kind that refers to another kind.
type Referrer struct {
	Kind  Kind
	Field Field
}

// Referrers lists the stored fields of mirrored kinds that refer to a kind, in order.
func (r Registry) Referrers(to Kind) []Referrer {
	return r.referrers(to, func(k *Kind) bool { return !k.Aside && !k.Lazy })
}

// LazyReferrers lists the fields of lazy kinds that refer to a kind, in order.
func (r Registry) LazyReferrers(to Kind) []Referrer {
	return r.referrers(to, func(k *Kind) bool { return !k.Aside && k.Lazy })
}

func (r Registry) referrers(to Kind, of func(*Kind) bool) []Referrer {
	var out []Referrer
	for _, at := range r.refers {
		k := &r.list[at.kind]
		if f := &k.Fields[at.field]; of(k) && f.MayReferTo(to) {
			out = append(out, Referrer{*k, *f})
		}
	}
	return out
}

// check finds mistakes in an entry that would show up later, far from it.
func (r Registry) check(k Kind) error {
	switch {
	case k.Name == "" || k.Endpoint == "" || k.ObjectType == "" || k.Role == "" || k.Label == "":
		return fmt.Errorf("name, endpoint, object type, role and label are needed")
	case !strings.Contains(k.ObjectType, "."):
		return fmt.Errorf("object type %q is not app.model", k.ObjectType)
	}
	named := append(slices.Clone(k.Key), k.Label)
	for _, group := range k.Together {
		named = append(named, group...)
	}
	for _, optional := range []string{k.Parent, k.OrParent, k.StandsFor} {
		if optional != "" {
			named = append(named, optional)
		}
	}
	for _, name := range named {
		if _, ok := k.Field(name); !ok {
			return fmt.Errorf("no field %q", name)
		}
	}
	if k.Templates != "" {
		if _, ok := r.byName[k.Templates]; !ok {
			return fmt.Errorf("is made of %q, which is not a kind", k.Templates)
		}
	}
	for _, f := range k.Fields {
		if err := r.checkField(k, f); err != nil {
			return fmt.Errorf("field %s: %w", f.Name, err)
		}
	}
	return nil
}

func (r Registry) checkField(k Kind, f Field) error {
	if f.To != "" {
		if _, ok := r.byName[f.To]; !ok {
			return fmt.Errorf("refers to %q, which is not a kind", f.To)
		}
	}
	if f.Type == Generic {
		if _, ok := k.Field(f.TypeField); !ok {
			return fmt.Errorf("no field %q", f.TypeField)
		}
	}
	if f.Follows != "" && k.Refers(f.Follows) == "" {
		return fmt.Errorf("follows %q, which is not a reference", f.Follows)
	}
	return nil
}
