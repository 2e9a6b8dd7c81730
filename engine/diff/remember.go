package diff

import (
	"fmt"
	"slices"
	"strings"

	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/generate"
	"github.com/diet-project/diet/mirror/kinds"
	"github.com/diet-project/diet/mirror/value"
)

// keysOf are what fields refer to, by field: the natural keys of shared objects, the
// object ids of the plan's own.
func keysOf(topo *generate.Topology, fields map[string]any) map[string]string {
	out := map[string]string{}
	for name, v := range fields {
		ref, ok := v.(generate.Ref)
		if !ok {
			continue
		}
		switch kind, known := kinds.Standard().Of(ref.Kind); {
		case ref.Key != "":
			out[name] = ref.Key
		case known && kind.IsOwned():
			out[name] = ref.Object
		case known:
			out[name] = keyOf(topo, kind, ref.Object)
		}
	}
	return out
}

// keyOf is the natural key of a shared object according to the plan: its parts joined by
// a slash, each empty if the plan does not state it.
func keyOf(topo *generate.Topology, kind kinds.Kind, slug string) string {
	field, within := topo.Place(kind.Name, slug)
	parts := make([]string, len(kind.Key))
	for i, name := range kind.Key {
		switch name {
		case kind.CalledBy():
			parts[i] = slug
		case field:
			parts[i] = within.Object
		}
	}
	return strings.Join(parts, "/")
}

// sameKey reports whether two natural keys agree in the parts that both have.
func sameKey(a, b string) bool {
	x, y := strings.Split(a, "/"), strings.Split(b, "/")
	if len(x) != len(y) {
		return false
	}
	for i := range x {
		if x[i] != y[i] && x[i] != "" && y[i] != "" {
			return false
		}
	}
	return true
}

// remembered returns the ids of the shared objects that the plan's objects referred to
// when diet last applied them, by kind and natural key.
func (d *differ) remembered() (map[string]map[string][]int64, error) {
	var rows []struct {
		Kind string `db:"kind"`
		Key  string `db:"key"`
		ID   int64  `db:"id"`
		N    int    `db:"n"`
	}
	name := "query/shared_remembered"
	if d.side.kept {
		name = "query/remembered_list"
	}
	if err := d.selectAll(&rows, d.statements.Get(name), d.planArg()); err != nil {
		return nil, err
	}
	out := map[string]map[string][]int64{}
	for _, r := range rows {
		if out[r.Kind] == nil {
			out[r.Kind] = map[string][]int64{}
		}
		out[r.Kind][r.Key] = append(out[r.Kind][r.Key], r.ID)
		d.side.remembered = append(d.side.remembered, []any{r.Kind, r.Key, r.ID, r.N})
	}
	return out, nil
}

// rememberMakers adds what shared objects are known by whose own names depend on it, as the
// manufacturer of a device type: base refers to the type alone. It is taken from the object
// that the type was then, where nothing has the name any more.
func (d *differ) rememberMakers(remembered map[string]map[string][]int64) {
	for _, kind := range d.slugged() {
		for key, ids := range remembered[kind.Name] {
			if len(ids) == 1 {
				d.rememberMaker(remembered, kind, strings.Split(key, "/"), ids[0])
			}
		}
	}
}

func (d *differ) rememberMaker(remembered map[string]map[string][]int64, kind kinds.Kind, parts []string, id int64) {
	o, there := d.ids.shared[place{kind.Name, id}]
	if !there || len(parts) != len(kind.Key) || o.doc[kind.CalledBy()] != parts[len(parts)-1] {
		return
	}
	for i, slug := range parts[:len(parts)-1] {
		to := change.Refers(kind.Name, kind.Key[i])
		is, ok := value.ID(o.doc[kind.Key[i]])
		if !ok || slug == "" || remembered[to][slug] != nil || d.hasSlug(to, slug) {
			continue
		}
		if remembered[to] == nil {
			remembered[to] = map[string][]int64{}
		}
		remembered[to][slug] = []int64{is}
	}
}

// hasSlug reports whether anything of a kind has a slug.
func (d *differ) hasSlug(kind, slug string) bool {
	for at, o := range d.ids.shared {
		if at.kind == kind && o.doc[kinds.Standard().Must(kind).CalledBy()] == slug {
			return true
		}
	}
	return false
}

// recall compares the shared objects that the plan names with those that its objects
// were applied with: a shared object is identified by its id, not its name. One that was
// renamed is followed, and asked about. Ids that are gone or contradict each other count
// as not remembered.
func (d *differ) recall(kind kinds.Kind, remembered map[string][]int64) error {
	if len(remembered) == 0 {
		return nil
	}
	for _, w := range d.topo.Shared() {
		if w.Kind != kind.Name {
			continue
		}
		for was, ids := range remembered {
			if !sameKey(was, keyOf(d.topo, kind, w.Slug)) {
				continue
			}
			if err := d.follow(w, d.sameNetBox(kind, was, ids)); err != nil {
				return err
			}
		}
	}
	return nil
}

// sameNetBox leaves out the ids that are learnt anew.
func (d *differ) sameNetBox(kind kinds.Kind, key string, ids []int64) []int64 {
	if !d.told.Rebase {
		return ids
	}
	return slices.DeleteFunc(slices.Clone(ids), func(id int64) bool {
		_, moved := d.anew[former{kind.Name, key, id}]
		return moved
	})
}

// follow resolves a shared object of the plan to the one it was applied with.
func (d *differ) follow(w generate.Shared, ids []int64) error {
	named, taken := d.ids.bySlug[key{w.Kind, w.Slug}]
	if len(ids) > 1 {
		ids = slices.DeleteFunc(slices.Clone(ids), func(id int64) bool {
			_, exists := d.ids.shared[place{w.Kind, id}]
			return !exists
		})
	}
	if len(ids) == 0 {
		return nil
	}
	if len(ids) > 1 {
		d.ids.certain[key{w.Kind, w.Slug}] = true
		d.findings = append(d.findings, change.Notice{
			ID: "shared-ambiguous", Severity: change.Warning, Objects: []string{w.Kind + ":" + w.Slug},
			Message: fmt.Sprintf("the plan's objects were applied with several %ss called %q (ids %v): it is matched by its name",
				d.kinds.Must(w.Kind).Words(), w.Slug, ids),
		})
		return nil
	}
	was, exists := d.ids.shared[place{w.Kind, ids[0]}]
	d.ids.certain[key{w.Kind, w.Slug}] = exists
	if !exists || taken && named.id == was.id {
		return nil
	}
	called := d.kinds.Must(w.Kind).CalledBy()
	if slug, _ := was.doc[called].(string); slug == w.Slug && slices.Contains(d.ids.fitting[key{w.Kind, w.Slug}], was.id) {
		d.ids.bySlug[key{w.Kind, w.Slug}] = was
		return nil // of several that the plan may mean, it is the one that it meant before
	}
	if !d.told.Named[w.Kind+":"+w.Slug] {
		d.ids.bySlug[key{w.Kind, w.Slug}] = was
	}
	return d.askAboutName(w, was, named)
}

// askAboutName is the question about a shared object that was renamed since it was
// applied; named is the object that has the old name now, if any.
func (d *differ) askAboutName(w generate.Shared, was, named sharedObject) error {
	kind := d.kinds.Must(w.Kind)
	slug, renamed := d.nowCalled(w, was)
	c := change.Change{
		Kind: w.Kind, Object: w.Kind + ":" + w.Slug, Name: w.Name, NetBoxID: was.id, Plan: d.plan, Class: change.Shared, Action: change.None,
		Other: &change.Other{Kind: w.Kind, ID: was.id, Name: fmt.Sprint(was.doc[kind.Label]), Object: slug},
	}
	if named.id != 0 {
		c.References = []change.Reference{{Kind: w.Kind, ID: named.id, Name: fmt.Sprint(named.doc[kind.Label])}}
	}
	var err error
	c.Blame, err = d.lastToucher(w.Kind, was.id, renamed)
	d.changes = append(d.changes, c)
	return err
}

// nowCalled is what a shared object is called that is another one by now, and the fields by which it
// is. Where the slug is the plan's, that is what it is in, such as another manufacturer.
func (d *differ) nowCalled(w generate.Shared, was sharedObject) (name string, by []string) {
	kind := d.kinds.Must(w.Kind)
	slug, _ := was.doc[kind.CalledBy()].(string)
	if slug != w.Slug {
		return slug, []string{kind.CalledBy()}
	}
	var in []string
	for _, part := range kind.Key {
		if part == kind.CalledBy() {
			continue
		}
		if by = append(by, part); was.doc[part] != nil {
			in = append(in, fmt.Sprintf("%s %v", part, d.called(w.Kind, part, was.doc[part])))
		}
	}
	return fmt.Sprintf("%s (%s)", slug, strings.Join(in, ", ")), by
}

// lastToucher is who last touched any of some fields; nil if nobody knows.
func (d *differ) lastToucher(kind string, id int64, fields []string) (last *change.Blame, err error) {
	for _, field := range fields {
		by, err := d.toucher(kind, id, field)
		if err != nil {
			return nil, err
		}
		if last == nil || by != nil && by.Time > last.Time {
			last = by
		}
	}
	return last, nil
}

// waitForAsked makes every write of a reference wait for the question about what it refers
// to: a shared object's name, or whose an object is. Nothing is made on what may be
// somebody else's.
func (d *differ) waitForAsked() error {
	asked, doubtful := map[place]string{}, map[place]bool{}
	for i := range d.changes {
		if c := &d.changes[i]; c.Class == change.Shared || c.Class == change.Identity && c.Action == change.None {
			at := place{c.Kind, c.NetBoxID}
			asked[at], doubtful[at] = c.Object, c.Class == change.Identity
		}
	}
	for _, r := range d.marks.withheld {
		asked[place{r.Kind, r.ID}] = d.taken[r.Object]
	}
	if len(asked) == 0 {
		return nil
	}
	for i := range d.changes {
		c := &d.changes[i]
		if c.Action == change.None || c.Action == change.Delete {
			continue
		}
		for _, f := range c.Fields {
			at, ok := referred(c, &f)
			switch {
			case !ok || asked[at] == "":
			case c.Action == change.Adopt && doubtful[at]:
				c.Needs = append(c.Needs, asked[at])
			case writes(f.Class):
				c.NeedFor(asked[at], f.Name)
			}
		}
	}
	return nil
}
