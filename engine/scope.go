package engine

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/engine/policy"
	"github.com/diet-project/diet/engine/refer"
	"github.com/diet-project/diet/generate"
	"github.com/diet-project/diet/mirror/kinds"
)

// TargetError is a target that fits nothing, or both a class and a kind.
type TargetError struct {
	Target string
	Both   bool
	near   string // asks for what was most likely meant; "" for nothing
}

func (e *TargetError) Error() string {
	if e.Both {
		return fmt.Sprintf("%q is a class of the plan and a kind", e.Target)
	}
	return fmt.Sprintf("nothing of the plan is called %q%s", e.Target, e.near)
}

// Hint says what a target is.
func (e *TargetError) Hint() string {
	if e.Both {
		return fmt.Sprintf("name %s%s or %s%s", classTarget, e.Target, kindTarget, e.Target)
	}
	return "name an object by its diet id, such as web/gpu[1], several by a pattern, such as 'web/gpu[1*]', " +
		"a class, such as gpu or backend.leaf, or a kind, such as cable"
}

// narrow leaves in a set what an intent is about.
func (e *Engine) narrow(ctx context.Context, intent Intent, to *aim, set *change.Set) error {
	x, narrowed := intent.(Narrowed)
	if !narrowed && to.run == "" {
		set.Findings = append(set.Findings, to.notes...)
		return nil
	}
	for _, target := range slices.Concat(x.Targets, x.Excluded) {
		if isOwned(target) && hasClass(to, set, target) {
			return &TargetError{Target: target, Both: true}
		}
		if x.found || known(to, set, target) {
			continue
		}
		if isPattern(target) {
			return &TargetError{Target: target}
		}
		switch once, err := e.once(ctx, to, target); {
		case err != nil:
			return err
		case !once:
			return &TargetError{Target: target, near: targetNear(to, target)}
		}
		to.notes = append(to.notes, change.Notice{ID: "target", Severity: change.Warning, Message: fmt.Sprintf(
			"neither the plan nor NetBox has %s: nothing is to be done about it", target)})
	}
	for i := range set.Changes {
		c := &set.Changes[i]
		c.Undoes, c.Untouched = to.undone(c), to.untouched(c)
	}
	to.touchedWholes(set)
	chosen := newScope(set, x, func(c *change.Change) bool { return to.run == "" || c.Undoes != "" })
	in := chosen.objects
	to.leaveOut(set, x, in)
	left := to.leftOut(set, x, chosen)
	set.Changes = slices.DeleteFunc(set.Changes, func(c change.Change) bool { return !in[c.Object] })
	set.Findings = slices.DeleteFunc(set.Findings, func(n change.Notice) bool {
		return len(n.Objects) > 0 && !slices.ContainsFunc(n.Objects, func(object string) bool { return in[object] })
	})
	set.Findings = slices.Concat(set.Findings, left, to.notes)
	return nil
}

// leaveOut notes what would be deleted and is left out because of how an intent is narrowed.
func (to *aim) leaveOut(set *change.Set, x Narrowed, in map[string]bool) {
	if len(x.Targets)+len(x.Excluded) == 0 {
		return
	}
	to.left = map[refer.Object]string{}
	for i := range set.Changes {
		c := &set.Changes[i]
		if c.Class != change.Orphaned || in[c.Object] || to.run != "" && c.Undoes == "" {
			continue
		}
		to.left[place(c)] = fmt.Sprintf("%s %s is left out of this, and is plugged into it or stands in it", c.Kind, c.Object)
	}
}

// known reports whether a target can be of the plan: an object that it wants or that differs,
// or that a run to be undone has written; a class; a kind.
func known(to *aim, set *change.Set, target string) bool {
	if name, is := strings.CutPrefix(target, kindTarget); is {
		return isOwned(name)
	}
	if kind, is := kinds.Standard().Of(target); is && !hasClass(to, set, target) {
		return kind.IsOwned()
	}
	switch class, _ := strings.CutPrefix(target, classTarget); {
	case target == "":
		return false
	case slices.Contains(to.topo.Plan.Classes, class):
		return true
	}
	for _, o := range to.topo.Objects() {
		if o.ID == target || fits(target, o.ID) {
			return true
		}
	}
	if _, written := to.undoes[target]; written {
		return true
	}
	return slices.ContainsFunc(set.Changes, func(c change.Change) bool { return isTarget(&c, target) })
}

// targetNear asks for the class, kind or object that was most likely meant.
func targetNear(to *aim, target string) string {
	if key, rest, is := strings.Cut(target, "/"); is && key != to.topo.Plan.Key {
		if own := to.topo.Plan.Key + "/" + rest; slices.ContainsFunc(to.topo.Objects(), func(o generate.Object) bool { return o.ID == own }) {
			return "; did you mean " + own + "?"
		}
	}
	words := slices.Clone(to.topo.Plan.Classes)
	for _, kind := range kinds.Standard().Owned() {
		words = append(words, kind.Name)
	}
	const most = 1000
	for _, o := range to.topo.Objects() { // only few are compared letter by letter
		if n := len(o.ID) - len(target); -2 <= n && n <= 2 && len(words) < most {
			words = append(words, o.ID)
		}
	}
	if said := generate.Suggest(target, words); target != "" && strings.HasPrefix(said, "did you mean") {
		return "; " + said
	}
	return ""
}

// hasClass reports whether the plan has a class, or NetBox objects of one.
func hasClass(to *aim, set *change.Set, name string) bool {
	return slices.Contains(to.topo.Plan.Classes, name) ||
		slices.ContainsFunc(set.Changes, func(c change.Change) bool { return c.Source == name })
}

// once reports whether a target that is not there by now can have been of the plan: an object of
// one of its classes, or what one of its last runs wrote, or the class of that.
func (e *Engine) once(ctx context.Context, to *aim, target string) (bool, error) {
	key := to.topo.Plan.Key
	for _, class := range to.topo.Plan.Classes {
		if ordinal, is := strings.CutPrefix(target, key+"/"+class+"["); is && strings.Contains(ordinal, "]") {
			return true, nil
		}
	}
	const newest = 20
	runs, err := e.store.Runs(ctx, key, newest)
	if err != nil {
		return false, err
	}
	for i := range runs {
		if runs[i].Requests == 0 {
			continue
		}
		_, requests, err := e.store.Run(ctx, runs[i].ID)
		if err != nil {
			return false, err
		}
		for j := range requests {
			objects, err := objectsOf(&requests[j])
			if err != nil {
				return false, err
			}
			if slices.ContainsFunc(objects, func(o string) bool { return o == target || strings.HasPrefix(o, key+"/"+target+"[") }) {
				return true, nil
			}
		}
	}
	return false, nil
}

// isTarget reports whether a target is a change's object, what it is a part of, its class or
// its kind.
func isTarget(c *change.Change, target string) bool {
	if kind, is := strings.CutPrefix(target, kindTarget); is {
		return c.Kind == kind
	}
	if class, is := strings.CutPrefix(target, classTarget); is {
		return c.Source == class
	}
	return c.Kind == target || c.Source == target || c.Object == target || strings.HasPrefix(c.Object, target+"/") || fits(target, c.Object)
}

// isPattern reports whether a target stands for several objects.
func isPattern(target string) bool { return strings.ContainsAny(target, "*?") }

// fits reports whether a target is a pattern of an object, or of what that is a part of.
func fits(target, object string) bool {
	if !isPattern(target) {
		return false
	}
	for i, r := range object {
		if r == '/' && policy.Matches(target, object[:i]) {
			return true
		}
	}
	return policy.Matches(target, object)
}

// What a target begins with that says whether a word is a kind or a class.
const kindTarget, classTarget = "kind:", "class:"

// scope are the objects of a set that an intent is about.
type scope struct {
	changes  map[string]*change.Change
	objects  map[string]bool   // chosen
	dropped  map[string]string // what was chosen and cannot do without what is left out, with that
	excluded func(*change.Change) bool
}

func newScope(set *change.Set, x Narrowed, concerned func(*change.Change) bool) *scope {
	s := &scope{changes: map[string]*change.Change{}, objects: map[string]bool{}, dropped: map[string]string{}}
	named := func(c *change.Change, targets []string) bool {
		return slices.ContainsFunc(targets, func(target string) bool { return isTarget(c, target) })
	}
	s.excluded = func(c *change.Change) bool { return named(c, x.Excluded) }
	for i := range set.Changes {
		s.changes[set.Changes[i].Object] = &set.Changes[i]
	}
	for i := range set.Changes {
		c := &set.Changes[i]
		if concerned(c) && (len(x.Targets) == 0 || named(c, x.Targets)) {
			s.choose(c)
		}
	}
	s.drop()
	s.along()
	return s
}

// choose takes a change, and what must happen to others before it can be made.
func (s *scope) choose(c *change.Change) {
	if s.objects[c.Object] || s.excluded(c) {
		return
	}
	s.objects[c.Object] = true
	for _, object := range before(c) {
		if need := s.changes[object]; need != nil {
			s.choose(need)
		}
	}
}

// before lists the objects that come before a change, or with it: what it refers to and has to be
// made, what has to give way, and the cables that the plan has instead of one that goes.
func before(c *change.Change) []string {
	out := slices.Concat(c.Needs, c.Instead)
	for _, step := range c.After {
		out = append(out, step.Object)
	}
	return out
}

// drop takes out what needs something that is excluded, what is decided together with an
// object that is not chosen, and what would be deleted along with a part of it that is excluded.
func (s *scope) drop() {
	for _, object := range slices.Sorted(maps.Keys(s.changes)) { // the first is named
		c := s.changes[object]
		whole := s.changes[c.With]
		if whole != nil && s.objects[whole.Object] && whole.Class == change.Orphaned && s.excluded(c) {
			delete(s.objects, whole.Object)
			s.dropped[whole.Object] = object
		}
	}
	out := func(object string) bool {
		return s.changes[object] != nil && !s.objects[object] && !s.comes(s.changes[object])
	}
	for again := true; again; {
		again = false
		for object := range s.objects {
			needs := append([]string{s.changes[object].With}, before(s.changes[object])...)
			if at := slices.IndexFunc(needs, out); at >= 0 {
				delete(s.objects, object)
				s.dropped[object] = needs[at]
				again = true
			}
		}
	}
}

// along takes what is decided together with an object that is chosen, and the parts without
// which a shared one is not whole: the templates of a type.
func (s *scope) along() {
	for object, c := range s.changes {
		if s.comes(c) {
			s.objects[object] = true
		}
	}
}

// comes reports whether a change comes along with one that is chosen, and is not excluded.
func (s *scope) comes(c *change.Change) bool {
	if !isOwned(c.Kind) {
		return s.objects[c.Owner] || s.objects[c.With]
	}
	return s.objects[c.With] && !s.excluded(c)
}
