package kinds

import "slices"

// The actions that a permission of NetBox allows.
const (
	View   = "view"
	Add    = "add"
	Change = "change"
	Delete = "delete"
)

// Right is what a token needs on a type of object.
type Right struct {
	ObjectType string
	Endpoint   string
	Actions    []string
	Why        string
}

// more are the rights beyond those of a kind's role.
var more = map[string]struct {
	actions []string
	why     string
	setup   bool // only for diet init
}{
	"custom_field": {[]string{Add, Change}, "diet init, and the sync", true},
	"tag":          {[]string{Add, Change, Delete}, "the lease of a run, which is a tag; tags that a plan needs", false},
}

// Rights lists what a token needs for diet init, and to carry out any plan, in order.
func (r Registry) Rights() []Right {
	return r.rights(func(Kind) bool { return true }, true)
}

// PlanRights lists what a token needs to carry out a plan that has objects of the given
// kinds, or creates them, in a NetBox that is set up.
func (r Registry) PlanRights(has map[string]bool) []Right {
	return r.rights(func(k Kind) bool { return has[k.Name] }, false)
}

// rights lists them for the kinds of a plan, and all that the sync reads.
func (r Registry) rights(has func(Kind) bool, setup bool) []Right {
	out := []Right{{"core.objectchange", "core/object-changes", []string{View}, "the sync, and who changed what"}}
	for _, k := range r.Known() {
		right := Right{k.ObjectType, k.Endpoint, []string{View}, "the sync"}
		switch {
		case k.Lazy:
			right.Why = "what depends on an object that would be deleted"
		case r.hasParts(k) && has(k):
			right.Actions = append(right.Actions, Add, Change, Delete)
			right.Why = "created where the plan needs one: under a temporary slug until its parts are there"
		case k.Role == Shared && has(k):
			right.Actions, right.Why = append(right.Actions, Add), "created where the plan needs one"
		case k.Role == Owned && has(k):
			right.Actions, right.Why = append(right.Actions, Add, Change, Delete), "the plan's own objects"
		}
		if m, ok := more[k.Name]; ok && (setup || !m.setup) {
			right.Actions, right.Why = compact(append(right.Actions, m.actions...)), m.why
		}
		out = append(out, right)
	}
	return out
}

// compact takes out what a list has twice.
func compact(list []string) []string {
	var out []string
	for _, x := range list {
		if !slices.Contains(out, x) {
			out = append(out, x)
		}
	}
	return out
}

func (r Registry) hasParts(k Kind) bool {
	return len(r.Parts(k)) > 0
}
