// Package refer finds what depends on objects that would be deleted.
//
// Part of it is in the mirror; the rest is of kinds that are not synced, and is read
// from NetBox for the doomed objects only. If something cannot be read, the judgement is
// unknown, never empty. The package decides nothing and writes nothing.
package refer

import (
	"cmp"
	"context"
	"iter"
	"maps"
	"net/url"
	"slices"

	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/mirror"
	"github.com/diet-project/diet/mirror/kinds"
	"github.com/diet-project/diet/mirror/netbox"
	"github.com/diet-project/diet/mirror/value"
)

// NetBox is what to ask; a [*netbox.Client] is one.
type NetBox interface {
	Count(ctx context.Context, kind kinds.Kind, query url.Values) (int, error)
	Lists(ctx context.Context, kind kinds.Kind) (bool, error)
	Root(ctx context.Context, app string) ([]string, error)
	Pages(ctx context.Context, kind kinds.Kind, query url.Values) iter.Seq2[netbox.Page, error]
}

// Config says where to look.
type Config struct {
	DB     *mirror.DB
	NetBox NetBox // nil looks into the mirror alone, and every judgement is unknown
	Plan   string // what it owns does not count

	// Others are objects with the plan's marks that count all the same: a person took them
	// over, or it is in doubt whose they are.
	Others map[Object]bool
}

// Object is one of NetBox's.
type Object struct {
	Kind string
	ID   int64
}

// Judgement is what depends on one object.
type Judgement struct {
	References []change.Reference // what others attached to it, by kind and id
	Edited     []change.Reference // what others wrote on it, in fields that the mirror does not hold
	Protected  bool               // something that would be deleted with it is protected
	Unknown    []string           // what could not be looked up, and why
	Ties       []Tie              // what of the plan refers to it, or to what would be deleted with it
}

// Tie is an object of the plan that refers to a doomed one: plugged into it, standing in it.
type Tie struct {
	By    Object
	Name  string // its diet id
	To    Object // what it refers to: the doomed object, or a part of it
	Field string // by which it does

	Prevents bool // NetBox does not delete the doomed object as long as it does
	Clears   bool // NetBox empties the field then
	Lane     bool // the doomed object is the lane of a port that leads to this plug
}

// Unasked is why a judgement without a NetBox is unknown.
const Unasked = "NetBox was not asked what depends on it"

// Judge finds what depends on doomed objects, and on what would be deleted with them.
func Judge(ctx context.Context, cfg Config, doomed []Object) (map[Object]*Judgement, error) {
	w := &walk{
		Config: cfg, ctx: ctx, kinds: cfg.DB.Kinds(),
		roots: map[string]map[int64][]Object{}, done: map[string]map[int64]bool{}, found: map[Object]map[Object]change.Reference{},
		out: map[Object]*Judgement{}, seen: map[Object]map[string]int{},
		tables: map[string]*table{}, templates: map[string]map[int64]map[string]string{}, typed: map[string]map[int64]int64{},
	}
	for _, o := range doomed {
		w.out[o], w.found[o] = &Judgement{}, map[Object]change.Reference{}
		w.addRoots(o.Kind, o.ID, []Object{o})
	}
	if len(doomed) == 0 {
		return w.out, nil
	}
	var err error
	if w.unseen, err = w.DB.Unseen(ctx); err != nil {
		return nil, err
	}
	if err := w.run(); err != nil {
		return nil, err
	}
	return w.out, w.finish()
}

// walk is one judgement in progress. Kinds are visited in order: all parts of the doomed
// objects are known before their own kind is visited.
type walk struct {
	Config
	ctx   context.Context
	kinds kinds.Registry

	roots map[string]map[int64][]Object          // by kind and id: the doomed objects that an object is deleted with
	done  map[string]map[int64]bool              // by kind: those that were looked into
	found map[Object]map[Object]change.Reference // by doomed object: what depends on it
	seen  map[Object]map[string]int              // by object: its parts and what refers to it, by kind
	out   map[Object]*Judgement

	tables    map[string]*table                      // what was read of lazy kinds, by name
	typed     map[string]map[int64]int64             // by kind and field: what objects refer to
	templates map[string]map[int64]map[string]string // by kind of template, type and name: the label

	listed bool
	list   []objectType // NetBox's own, once listed
	unseen []string     // kinds of the mirror that the token may not view
	untold string       // why it does not list them, "" if it does
	dark   []string     // why what plugins refer to is not known, which the list has nothing of
}

// owns reports whether an object is the plan's.
func (w *walk) owns(plan, kind string, id int64) bool {
	return plan == w.Plan && !w.Others[Object{kind, id}]
}

func (w *walk) addRoots(kind string, id int64, roots []Object) {
	if w.roots[kind] == nil {
		w.roots[kind] = map[int64][]Object{}
	}
	for _, root := range roots {
		if !slices.Contains(w.roots[kind][id], root) {
			w.roots[kind][id] = append(w.roots[kind][id], root)
		}
	}
}

func (w *walk) run() error {
	if err := w.countAll(); err != nil {
		return err
	}
	for again := true; again; {
		again = false
		for _, kind := range w.kinds.Known() {
			ids := w.ids(kind)
			if len(ids) == 0 {
				continue
			}
			again = true // a module may have bays, with modules in them
			if err := w.visit(kind); err != nil {
				return err
			}
			if w.done[kind.Name] == nil {
				w.done[kind.Name] = map[int64]bool{}
			}
			for _, id := range ids {
				w.done[kind.Name][id] = true
			}
		}
	}
	return nil
}

// visit finds what refers to objects of a kind.
func (w *walk) visit(kind kinds.Kind) error {
	for _, step := range []func(kinds.Kind) error{w.mirrored, w.lazy, w.customFields, w.plugins, w.content} {
		if err := step(kind); err != nil {
			return err
		}
	}
	return nil
}

// ids are the objects of a kind that are still to be looked into, ascending.
func (w *walk) ids(kind kinds.Kind) []int64 {
	ids := slices.Sorted(maps.Keys(w.roots[kind.Name]))
	if done := w.done[kind.Name]; len(done) > 0 {
		ids = slices.DeleteFunc(ids, func(id int64) bool { return done[id] })
	}
	return ids
}

// add records what depends on an object, for all doomed objects that it is deleted with.
func (w *walk) add(r change.Reference, roots []Object, protected bool) {
	for _, root := range roots {
		if root == (Object{r.Kind, r.ID}) {
			continue // it is doomed by itself
		}
		known, twice := w.found[root][Object{r.Kind, r.ID}]
		r.Prevents = r.Prevents || known.Prevents
		if twice && known.Clears == "" {
			r.Clears = "" // it goes with something else
		}
		w.found[root][Object{r.Kind, r.ID}] = r
	}
	w.protect(roots, protected)
}

// protect records that something that would be deleted too is protected.
func (w *walk) protect(roots []Object, protected bool) {
	for _, root := range roots {
		w.out[root].Protected = w.out[root].Protected || protected
	}
}

// doubt records why it is unknown what depends on objects of a kind.
func (w *walk) doubt(kind kinds.Kind, why string) {
	for _, roots := range w.roots[kind.Name] {
		w.doubtOf(roots, why)
	}
}

func (w *walk) doubtOf(roots []Object, why string) {
	for _, root := range roots {
		if j := w.out[root]; !slices.Contains(j.Unknown, why) {
			j.Unknown = append(j.Unknown, why)
		}
	}
}

// finish sorts what was found, and adds who made it.
func (w *walk) finish() error {
	blames, err := w.created()
	if err != nil {
		return err
	}
	for root, found := range w.found {
		j := w.out[root]
		for _, o := range slices.SortedFunc(maps.Keys(found), compare) {
			r := found[o]
			r.Blame = blames[o]
			j.References = append(j.References, r)
		}
		slices.Sort(j.Unknown)
		if w.NetBox == nil {
			j.Unknown = []string{Unasked}
		}
	}
	return w.writers()
}

func compare(a, b Object) int { return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.ID, b.ID)) }

// protection is the custom field with which a person forbids diet to delete an object.
const protection = "diet_deletion_protected"

// holds reports whether a value says something: it is not null, nor an empty text, list
// or object.
func holds(v any) bool {
	switch v := v.(type) {
	case []any:
		return len(v) > 0
	case map[string]any:
		return len(v) > 0
	}
	return !value.Empty(v)
}
