package apply

import (
	"bytes"
	"encoding/json"
	"maps"

	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/mirror/value"
)

// Restored is why marks are written that NetBox had erased, as its changelog has them.
const Restored = "restored"

// Prior is an object ahead of a request that changes it, as the journal keeps it: a rollback
// is made of it.
type Prior struct {
	ID       int64          `json:"id"`
	Kind     string         `json:"kind"`
	Object   string         `json:"object"`                 // its diet id
	Renamed  string         `json:"renamed_from,omitempty"` // the id that it had, where the request gives it another one
	Name     string         `json:"name"`
	Source   string         `json:"source,omitempty"`
	Owner    string         `json:"owner,omitempty"` // the diet id of what it is a part of
	Owned    bool           `json:"owned"`           // it was the plan's
	Fields   map[string]any `json:"fields"`          // as NetBox had them
	Base     map[string]any `json:"base"`            // as last applied
	Keys     map[string]any `json:"keys,omitempty"`  // what the references in base referred to
	Released map[string]any `json:"released"`
	Tmp      map[string]any `json:"tmp"`
	Turned   bool           `json:"turned"`         // of a cable
	Tags     map[string]any `json:"tags,omitempty"` // the NetBox ids of its tags, by field

	// Emptied is what fields held that NetBox has emptied by now, because the same run deleted what
	// they referred to. An older diet did not note it: nil.
	Emptied map[string]any `json:"emptied"`

	// Marks is why the request writes diet's marks on what has them already: it was unmanaged, somebody
	// had edited them, or NetBox had erased them ([Restored]). "" is none of these.
	Marks string `json:"marks,omitempty"`

	// Attached and Written are, where it is deleted, what others attached to it and wrote on
	// it, with who did and when.
	Attached []change.Reference `json:"attached,omitempty"`
	Written  []change.Reference `json:"written,omitempty"`

	// Parts are deleted along with it, without a request of their own.
	Parts []Prior `json:"parts,omitempty"`
}

// prior is an object ahead of a request.
func (a *Applier) prior(c *change.Change) *Prior {
	b := c.Before
	p := &Prior{
		ID: c.NetBoxID, Kind: c.Kind, Object: c.Object, Name: c.Name, Source: c.Source, Owner: c.Owner, Owned: b.Version > 0,
		Fields: b.Have, Base: b.AllApplied(), Keys: b.Keys, Released: b.Released, Tmp: b.Tmp, Turned: b.Turned, Tags: b.Tags,
		Emptied: map[string]any{},
	}
	maps.Copy(p.Emptied, a.emptied[c.Object])
	if agreed(c, change.ObjectID) {
		p.Renamed = idBefore(c)
	}
	if c.Action == change.Adopt && (c.Class == change.Unmanaged || c.Class == change.Identity) {
		p.Marks = string(c.Class)
	}
	if !c.Deletes() {
		return p
	}
	p.Attached, p.Written = c.References, c.Edited
	for i := range a.set.Changes {
		part := &a.set.Changes[i]
		if part.With == c.Object && part.Deletes() && isPart(part.Kind) && part.Before != nil {
			p.Parts = append(p.Parts, *a.prior(part))
		}
	}
	return p
}

// idBefore is the diet id that an object has, where a change gives it another one; "" where not.
func idBefore(c *change.Change) string {
	for _, f := range c.Fields {
		if f.Name == change.ObjectID {
			id, _ := f.Have.(string)
			return id
		}
	}
	return ""
}

// UnmarshalJSON reads values as package value has them.
func (p *Prior) UnmarshalJSON(text []byte) error {
	type plain Prior
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.UseNumber()
	if err := dec.Decode((*plain)(p)); err != nil {
		return err
	}
	for _, fields := range []map[string]any{p.Fields, p.Base, p.Keys, p.Released, p.Tmp, p.Tags, p.Emptied} {
		for name, v := range fields {
			fields[name] = value.Of(v)
		}
	}
	return nil
}

// IsRestored reports whether the request wrote nothing but marks that NetBox had erased. An older diet
// noted nothing of such an object but its names.
func (p *Prior) IsRestored() bool {
	return p.Marks == Restored || p.Fields == nil && !p.Owned && p.Marks == ""
}
