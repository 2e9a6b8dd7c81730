package kinds

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
}{
	"custom_field": {[]string{Add, Change}, "diet init, and the sync"},
	"tag":          {[]string{Change, Delete}, "the lease of a run, which is a tag; tags that a plan needs"},
}

// Rights lists what a token needs to carry out any plan, in order.
func (r Registry) Rights() []Right {
	out := []Right{{"core.objectchange", "core/object-changes", []string{View}, "the sync, and who changed what"}}
	for _, k := range r.Known() {
		right := Right{k.ObjectType, k.Endpoint, []string{View}, "the sync"}
		switch {
		case k.Lazy:
			right.Why = "what depends on an object that would be deleted"
		case k.Role == Shared:
			right.Actions, right.Why = append(right.Actions, Add), "created where the plan needs one"
		case k.Role == Owned:
			right.Actions, right.Why = append(right.Actions, Add, Change, Delete), "the plan's own objects"
		}
		if m, ok := more[k.Name]; ok {
			right.Actions, right.Why = append(right.Actions, m.actions...), m.why
		}
		out = append(out, right)
	}
	return out
}
