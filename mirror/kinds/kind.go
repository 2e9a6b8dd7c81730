// Package kinds is the registry of the object types of NetBox that diet knows.
//
// A kind is one entry: where NetBox serves it, which fields diet reads, what they
// refer to, what identifies an object, and what happens to it when something that
// it refers to is deleted. The tables of the mirror, sync, signatures, the desired
// side, the diff, references, payloads, the order of writes and docs/sql.md all
// follow from it: mirroring another kind takes an entry in [Standard] and nothing
// else. The package is a leaf and does nothing itself.
package kinds

import (
	"cmp"
	"slices"
	"strings"
)

// Role is what diet does with the objects of a kind.
type Role string

// The roles.
const (
	Mirrored Role = "mirrored" // only read
	Shared   Role = "shared"   // created where absent; never changed or deleted
	Owned    Role = "owned"    // created, changed and deleted; has diet's custom fields
)

// Kind is one type of object.
type Kind struct {
	Name       string // device_type; also the table in the mirror
	Endpoint   string // dcim/device-types
	ObjectType string // dcim.devicetype, as the changelog and custom fields name it
	Role       Role
	Doc        string // what one object is, for docs/sql.md

	Fields []Field

	// Key is the natural key: the fields that identify an object to people. NetBox
	// allows no second object with the same ones.
	Key []string

	// Label is the field by which people name an object.
	Label string

	// Parent is the field with the object that this one is part of: it is created, named
	// and deleted with its parent, and does not count as a separate reference.
	Parent string

	// OrParent is a further field with the object that one is a part of, where it is not part of
	// Parent's: a template of a module type, and not of a device type.
	OrParent string

	// Together lists groups of fields that mean something only together.
	Together [][]string

	// StandsFor is the reference that counts instead of this object: people care about a
	// cable, not about its terminations.
	StandsFor string

	// Attached objects are created and deleted with others: interfaces, cables. Budgets
	// count them as cascade, and previews name them by what they are attached to.
	Attached bool

	// Watched kinds are asked for edits in every sync: a preview rests on them.
	Watched bool

	// Placed says how it is told whether an object stands in a site; "" for kinds that a mirror of
	// some sites reads whole.
	Placed Placed

	// Lazy kinds have no table and are not synced. Before a deletion, diet reads from them
	// what refers to the doomed objects.
	Lazy bool

	// Aside kinds are lazy ones that nothing but diet init --links works with.
	Aside bool

	// Templates is the kind of the templates from which NetBox makes objects of this kind
	// along with their parent.
	Templates string

	// Mapped is, where there is one, the field that NetBox writes from 4.5 on as an item of
	// the list MappedTo, along with <field>_position.
	Mapped, MappedTo string

	// Written are references that diet states of new objects and the mirror does not hold, with
	// the kinds that they are to.
	Written map[string]string

	// Later kinds are owned since a later release of diet: NetBox need not be set up for them
	// until a plan has such objects.
	Later bool

	// Counter is the parent's field that counts objects of this kind.
	Counter string

	// Content lists fields to read before an object is deleted: a value is somebody's
	// work.
	Content []string

	// Given are fields to read then too that NetBox fills from a type or a template, or that have a value where
	// nobody says so, with that: what a person wrote there since is their work.
	Given map[string]any

	// Signs are fields in which NetBox shows what refers to the object, or how much, whether
	// the token may view that or not: the kind by field.
	Signs map[string]string
}

// Placed is how it is told whether an object stands in a site.
type Placed string

// The ways: NetBox finds objects of the first two by the site, with the filter [SiteFilter].
const (
	BySite   Placed = "site"   // by the site that it names
	ByParent Placed = "parent" // by that of what it is a part of
	ByEnds   Placed = "ends"   // by what it is plugged into
)

// SiteFilter finds the objects in sites, by their NetBox ids.
const SiteFilter = "site_id"

// Type is how a field is read, stored and written.
type Type string

// The types. NetBox answers a choice as an object of value and label, a reference as
// a nested object or an id; the mirror keeps the value and the id.
const (
	Text      Type = "text"
	Choice    Type = "choice"
	Integer   Type = "integer"
	Number    Type = "number"
	Bool      Type = "bool"
	Time      Type = "time"
	Reference Type = "reference" // to one kind
	Generic   Type = "generic"   // id of any kind; TypeField says which
	Texts     Type = "texts"     // a set of texts
	Tags      Type = "tags"
	Custom    Type = "custom"
	End       Type = "end" // one end of a cable
)

// OnDelete is what happens to an object when what it refers to is deleted.
type OnDelete string

// What Django, and so NetBox, does.
const (
	Cascade OnDelete = "cascade" // it is deleted too
	Protect OnDelete = "protect" // NetBox refuses the deletion
	SetNull OnDelete = "set_null"
)

// Field is one field of a kind, by the name that NetBox's API has for it.
type Field struct {
	Name string
	Type Type
	Doc  string // what the name does not say; for docs/sql.md

	Required bool // NetBox always has a value
	Unique   bool // no two objects of the kind have the same value
	Folded   bool // NetBox treats names that differ only in case as one
	Blank    bool // NetBox keeps "" for no value and refuses null
	Bare     bool // NetBox answers the choice or id itself, not an object around it
	Defining bool // an object with another value is a different thing: a device of another type
	Counted  bool // the referenced object counts its referrers, and NetBox locks its row
	Personal bool // a value that nobody owns is somebody's work: comments, serial
	Shown    bool // NetBox makes it up: nobody writes it
	Gathers  bool // what is referred to consists of what refers to it: a LAG of its members
	Vacant   bool // that a plan wants none is not worth a write of the record where there is none

	// Usual is what NetBox gives the field where nobody says: a plan that no longer says something else
	// gives it back, as far as nobody else said that since.
	Usual any

	To        string // of a reference: the kind that it refers to, "" for one that diet does not know
	TypeField string // of a generic reference: the field with its object type
	OnDelete  OnDelete

	Types  []string // of a generic reference: the object types that it may refer to; empty means any
	Filter string   // NetBox's filter for referrers; derived from the field if empty

	// On is, of a further plug of a cable, the end that it is at: a breakout has several there.
	On string

	// Beside is, of an end of a cable that takes ports of another kind, the end in whose place it is.
	Beside string

	// Follows is the reference from which NetBox copies this field's value: the site of a
	// device in a rack is the rack's. It changes without a changelog row.
	Follows string
}

// Column is the field's column in the mirror.
func (f Field) Column() string {
	if f.Type == Reference {
		return f.Name + "_id"
	}
	return f.Name
}

// FoldColumn is the column with the field's text in the form in which NetBox compares
// it, "" for a field that is compared as it is.
func (f Field) FoldColumn() string {
	if f.Folded {
		return f.Name + "_fold"
	}
	return ""
}

// Stored reports whether the field has a column in its kind's own table.
func (f Field) Stored() bool { return f.Type != End }

// IsReference reports whether the field's value is the NetBox id of an object of
// kind To.
func (f Field) IsReference() bool { return f.Type == Reference || f.Type == End }

// MayReferTo reports whether a field's value may be the id of an object of a kind.
func (f Field) MayReferTo(k Kind) bool {
	switch f.Type {
	case Reference:
		return f.To == k.Name
	case Generic:
		return len(f.Types) == 0 || slices.Contains(f.Types, k.ObjectType)
	}
	return false
}

// Compared reports whether a plan can state the field by its name.
func (f Field) Compared() bool {
	switch f.Type {
	case Tags, Custom, Generic, Texts, Time:
		return false
	}
	return true
}

// mapping returns the kind with a field that newer releases keep in a list.
func (k Kind) mapping(field, list string) Kind {
	k.Mapped, k.MappedTo = field, list
	return k
}

// writing makes a kind have a reference that the mirror does not hold.
func (k Kind) writing(field, to string) Kind {
	k.Written = map[string]string{field: to}
	return k
}

// holding returns the kind with more fields to read before an object is deleted.
func (k Kind) holding(fields ...string) Kind {
	k.Content = slices.Concat(k.Content, fields)
	return k
}

// given returns the kind with fields that NetBox fills.
func (k Kind) given(fields map[string]any) Kind {
	k.Given = fields
	return k
}

// Field returns the field with a name.
func (k Kind) Field(name string) (Field, bool) {
	for _, f := range k.Fields {
		if f.Name == name {
			return f, true
		}
	}
	return Field{}, false
}

// Refers returns the kind that a field refers to, "" if it is no reference.
func (k Kind) Refers(field string) string {
	if f, ok := k.Field(field); ok && f.IsReference() {
		return f.To
	}
	return k.Written[field]
}

// Ends are the two ends of a cable; none for other kinds.
func (k Kind) Ends() []string {
	return k.plugs(func(f Field) bool { return f.On == "" && f.Beside == "" })
}

// Sockets are the ends of a cable for ports of whatever kind, without the further plugs there.
func (k Kind) Sockets() []string { return k.plugs(func(f Field) bool { return f.On == "" }) }

// SocketAt is the field of what is plugged in at an end, by the object type of that.
func (k Kind) SocketAt(end, objectType string, in Registry) string {
	for _, f := range k.Fields {
		if f.Type == End && (f.Name == end || f.Beside == end) && in.Must(f.To).ObjectType == objectType {
			return f.Name
		}
	}
	return end
}

// Plugs are the fields of all plugs of a cable: its ends, and the further ones at an end.
func (k Kind) Plugs() []string { return k.plugs(func(Field) bool { return true }) }

// PlugsAt are the fields of the plugs at an end, by their connectors in NetBox.
func (k Kind) PlugsAt(end string) []string {
	return k.plugs(func(f Field) bool { return f.Name == end || f.On == end })
}

func (k Kind) plugs(keep func(Field) bool) []string {
	var out []string
	for _, f := range k.Fields {
		if f.Type == End && keep(f) {
			out = append(out, f.Name)
		}
	}
	return out
}

// Shape is the field that says how many plugs a cable has at its ends; "" for other kinds.
func (k Kind) Shape() string {
	if len(k.Ends()) > 0 {
		return "profile"
	}
	return ""
}

// ParentKind returns the kind of the parent, "" for none.
func (k Kind) ParentKind() string { return k.Refers(k.Parent) }

// PartOf returns the field by which objects of the kind are parts of those of another; "" is that
// they are not.
func (k Kind) PartOf(whole string) string {
	for _, field := range []string{k.Parent, k.OrParent} {
		if field != "" && k.Refers(field) == whole {
			return field
		}
	}
	return ""
}

// Stored lists the fields that have a column.
func (k Kind) Stored() []Field {
	return slices.DeleteFunc(slices.Clone(k.Fields), func(f Field) bool { return !f.Stored() })
}

// EndOf is the end of a cable that a plug is at, and any other field itself.
func (k Kind) EndOf(plug string) string {
	f, _ := k.Field(plug)
	return cmp.Or(f.On, f.Beside, plug)
}

// Compared lists the fields that a plan can state by name.
func (k Kind) Compared() []Field {
	return slices.DeleteFunc(slices.Clone(k.Fields), func(f Field) bool { return !f.Compared() })
}

// Followers lists the fields that NetBox copies from another object.
func (k Kind) Followers() []Field {
	var out []Field
	for i := range k.Fields {
		if k.Fields[i].Follows != "" {
			out = append(out, k.Fields[i])
		}
	}
	return out
}

// CalledBy is the field by which plans call objects of a kind that they share with others: the slug
// or, where there is none, the name. "" is that they are called by nothing.
func (k Kind) CalledBy() string {
	if _, ok := k.Field("slug"); ok {
		return "slug"
	}
	if k.Role == Shared && !k.Attached {
		return k.Label
	}
	return ""
}

// CameWith reports whether a field of a part says which other part it came along with: a port
// with its module.
func (k Kind) CameWith(f Field) bool {
	return f.Type == Reference && k.Templates != "" && f.Name != k.Parent && f.OnDelete == Cascade
}

// IsOwned reports whether diet owns objects of the kind.
func (k Kind) IsOwned() bool { return k.Role == Owned }

// Columns are those of the kind's table that are read from NetBox, but id.
func (k Kind) Columns() []string {
	var out []string
	for _, f := range k.Stored() {
		out = append(out, f.Column())
		if f.FoldColumn() != "" {
			out = append(out, f.FoldColumn())
		}
	}
	if k.IsOwned() {
		out = append(out, "object_id", "plan", "uid", "shown_object", "shown_plan", "sealed", "version", "managed", "protected",
			"source", "base", "initial", "keys", "released", "tmp", "created")
	}
	return append(out, "last_updated")
}

// Select is the list of fields to ask NetBox for, id first.
func (k Kind) Select() string {
	names := []string{"id"}
	for _, f := range k.Stored() {
		names = append(names, f.Name)
	}
	if k.Lazy {
		return strings.Join(names, ",")
	}
	if k.IsOwned() {
		names = append(names, "created")
	}
	return strings.Join(append(names, "last_updated"), ",")
}

// Words is the kind's name for people: device type.
func (k Kind) Words() string { return strings.ReplaceAll(k.Name, "_", " ") }
