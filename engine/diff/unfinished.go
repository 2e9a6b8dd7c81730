package diff

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/generate"
	"github.com/diet-project/diet/mirror/kinds"
)

// A shared object with parts of its own, as a device type with its templates, is made under
// a temporary slug and gets its own one once all its parts are there: nobody ever uses half
// of one. What an earlier run has left so is finished; what cannot be is deleted.

// resume lets the creation of a shared object go on with what an earlier run began. If that
// is not as the plan says any more, it is made anew.
func (d *differ) resume(c *change.Change, w generate.Shared) error {
	if d.kinds.Parts(d.kinds.Must(w.Kind)) == nil {
		return nil
	}
	slug, _ := change.Unfinished(d.plan, w.Slug)
	begun, there := d.ids.bySlug[key{w.Kind, slug}]
	if !there {
		return nil
	}
	at := place{w.Kind, begun.id}
	ours, err := d.began(at, begun)
	switch {
	case err != nil:
		return err
	case !ours:
		d.findings = append(d.findings, change.Notice{
			ID: "slug-taken", Severity: change.Error, Objects: []string{c.Object},
			Message: fmt.Sprintf("diet makes the %s %q under the %s %q at first, and somebody else's has that: give it another one, or delete it",
				d.kinds.Must(w.Kind).Words(), w.Slug, d.kinds.Must(w.Kind).CalledBy(), slug),
		})
		return nil
	}
	fits, err := d.fitsPlan(at, w.Slug)
	if err != nil {
		return err
	}
	if fits {
		c.NetBoxID, d.begun[at] = begun.id, w.Slug
		return nil
	}
	c.Needs = append(c.Needs, w.Kind+":"+slug)
	return nil
}

// began reports whether diet made an object that has a temporary slug: its label proves it,
// and nobody else's is the row of its creation, where there is one.
func (d *differ) began(at place, o sharedObject) (bool, error) {
	slug, _ := o.doc[d.kinds.Must(at.kind).CalledBy()].(string)
	kind := d.kinds.Must(at.kind)
	if kind.Label != kind.CalledBy() && o.doc[kind.Label] != change.UnfinishedLabel(d.plan, slug) {
		return false, nil
	}
	return d.madeByDiet(at)
}

// madeByDiet reports whether diet made a shared object, as far as the changelog knows. A
// release without messages in its changelog proves nothing.
func (d *differ) madeByDiet(at place) (bool, error) {
	made, err := d.created(at.kind, at.id)
	if err != nil || made == nil || made.Actor == change.ActorDiet || strings.HasPrefix(made.Message, "diet run-") {
		return err == nil, err
	}
	var messages []bool
	if err := d.selectAll(&messages, d.statements.Get("query/change_messages")); err != nil {
		return false, err
	}
	return !messages[0], nil
}

// clearUnfinished deletes what earlier runs of the plan began and nobody needs any more.
// That is no question, and no rule is asked.
func (d *differ) clearUnfinished() error {
	for _, kind := range d.kinds.InRole(kinds.Shared) {
		if d.kinds.Parts(kind) == nil {
			continue
		}
		for _, at := range d.unfinished(kind) {
			if err := d.dropUnfinished(at); err != nil {
				return err
			}
		}
	}
	return nil
}

// unfinished lists the objects of a kind that have a temporary slug of the plan's.
func (d *differ) unfinished(kind kinds.Kind) []place {
	var out []place
	for at, o := range d.ids.shared {
		slug, _ := o.doc[d.kinds.Must(at.kind).CalledBy()].(string)
		if at.kind == kind.Name && d.begun[at] == "" && strings.HasPrefix(slug, change.UnfinishedPrefix(d.plan)) {
			out = append(out, at)
		}
	}
	slices.SortFunc(out, func(a, b place) int { return cmp.Compare(a.id, b.id) })
	return out
}

func (d *differ) dropUnfinished(at place) error {
	o := d.ids.shared[at]
	ours, err := d.began(at, o)
	if err != nil || !ours {
		return err
	}
	theirs, err := d.theirs(at)
	if err != nil {
		return err
	}
	slug, _ := o.doc[d.kinds.Must(at.kind).CalledBy()].(string)
	c := change.Change{
		Kind: at.kind, Object: at.kind + ":" + slug, Name: slug, NetBoxID: at.id, Plan: d.plan, Class: change.Parking, Action: change.Delete,
		Verdict: change.Verdict{Decision: change.DecisionDelete, Message: "an earlier run began it, and nobody needs it any more"},
		Edited:  theirs,
	}
	d.changes = append(d.changes, c)
	return nil
}

// theirs are the parts of an unfinished object that somebody else made.
func (d *differ) theirs(at place) ([]change.Reference, error) {
	held, err := d.parts(at)
	if err != nil {
		return nil, err
	}
	var out []change.Reference
	for _, k := range slices.SortedFunc(maps.Keys(held), byKindAndName) {
		part := place{k.kind, held[k].ID}
		mine, err := d.madeByDiet(part)
		if err != nil {
			return nil, err
		}
		if !mine {
			out = append(out, change.Reference{Kind: part.kind, ID: part.id, Name: k.object})
		}
	}
	return out, nil
}

// fitsPlan reports whether all that diet made of an unfinished object is as the plan has it.
func (d *differ) fitsPlan(at place, slug string) (bool, error) {
	held, err := d.parts(at)
	if err != nil {
		return false, err
	}
	want := d.wantedParts(key{at.kind, slug})
	for k, part := range held {
		if w, wanted := want[k]; wanted && w == part.Type {
			continue
		}
		if mine, err := d.madeByDiet(place{k.kind, part.ID}); err != nil || mine {
			return false, err
		}
	}
	return true, nil
}
