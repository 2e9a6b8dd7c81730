package engine

import (
	"slices"
	"sync"

	"github.com/diet-project/diet/engine/change"
)

// Conflict is a difference that a person may have to settle.
type Conflict struct {
	Type        ConflictType       `json:"type"`
	Kind        string             `json:"kind"`
	Object      string             `json:"object"`
	Name        string             `json:"name"`
	Field       string             `json:"field,omitempty"`
	Base        any                `json:"base"`
	Want        any                `json:"want"`
	Have        any                `json:"have"`
	Names       map[string]string  `json:"names,omitempty"` // of base, want and have, where they refer to objects
	Blame       *change.Blame      `json:"blame,omitempty"`
	References  []change.Reference `json:"external_references,omitempty"`
	Options     []string           `json:"options"`
	Recommended string             `json:"recommended,omitempty"`
	Question    string             `json:"question,omitempty"` // the key of the question that is open
	Verdict     change.Verdict     `json:"verdict"`
}

// ConflictType says what a person and the plan disagree about.
type ConflictType string

// The types of conflict.
const (
	ManualModification ConflictType = "manual_modification"
	FieldOwnership     ConflictType = "field_ownership"
	ObjectExistence    ConflictType = "object_existence"
	DeletionBlocked    ConflictType = "deletion_blocked"
	Identity           ConflictType = "identity"
	SharedObject       ConflictType = "shared_object"
	Gone               ConflictType = "missing"
	Taken              ConflictType = "blocked"
	Approval           ConflictType = "approval" // a rule asks
)

// conflicts lists what a person edited, claimed or attached to our objects, and what a rule
// asks about.
func (e *Engine) conflicts(set *change.Set, hall *hearing) []Conflict {
	asked := hall.byVerdict()
	out := []Conflict{}
	coming := sync.OnceValue(func() map[string]string { return comingIn(set) })
	add := func(x Conflict, v *change.Verdict, class change.Class) {
		q := asked[v]
		switch {
		case q != nil && v.Waits():
			x.Question, x.Options = q.Key, q.Options
		case x.Type == Approval:
			return
		default:
			x.Options = slices.DeleteFunc(e.policies.Answers(class), func(a string) bool { return a == string(change.AnswerApprove) })
		}
		out = append(out, x)
	}
	for i := range set.Changes {
		c := &set.Changes[i]
		if x, ok := objectConflict(c); ok {
			add(x, &c.Verdict, c.Class)
		}
		if !c.PerField() {
			continue
		}
		for j := range c.Fields {
			f := &c.Fields[j]
			if x, ok := fieldConflict(c, *f); ok {
				x.Names = namesOf(set, coming, c, f)
				add(x, &c.Bundle(f)[0].Verdict, f.Class)
			}
		}
	}
	return out
}

func objectConflict(c *change.Change) (Conflict, bool) {
	x := Conflict{
		Kind: c.Kind, Object: c.Object, Name: c.Name, Blame: c.Blame, Verdict: c.Verdict,
		References: append(slices.Clone(c.References), c.Edited...), Recommended: c.Verdict.Recommended,
	}
	switch c.Class {
	case change.Missing:
		if c.With != "" {
			return x, false
		}
		x.Type = Gone
	case change.Exists:
		if c.With != "" && c.Verdict.Asks() {
			return x, false // asked with what it is part of
		}
		x.Type = ObjectExistence
	case change.Blocked:
		x.Type = Taken
	case change.Identity:
		x.Type = Identity
	case change.Shared:
		x.Type = SharedObject
	case change.Orphaned:
		if c.Acts() || c.With != "" || c.Held != "" {
			return x, false
		}
		x.Type = DeletionBlocked
	default:
		x.Type = Approval
		return x, c.Verdict.Waits()
	}
	return x, true
}

func fieldConflict(c *change.Change, f change.Field) (Conflict, bool) {
	x := Conflict{
		Kind: c.Kind, Object: c.Object, Name: c.Name, Field: f.Name, Base: f.Base, Want: f.Want, Have: f.Have,
		Blame: f.Blame, Verdict: f.Verdict, Recommended: f.Verdict.Recommended,
	}
	switch {
	case c.Action == change.None:
		return x, false
	case f.Class == change.Drift:
		x.Type = ManualModification
	case f.Class == change.Conflict:
		x.Type = FieldOwnership
	default:
		x.Type = Approval
		return x, f.Verdict.Waits()
	}
	return x, true
}
