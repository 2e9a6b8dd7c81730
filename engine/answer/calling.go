package answer

import (
	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/mirror/value"
)

// calling is how a situation calls an object of the plan, and what the fields refer to. The zero
// value is by diet ids and natural keys, as they are now.
type calling struct {
	numbered bool // by NetBox ids, as an older diet did
	wide     bool // with all that the plan says of the object, as an older diet did
	before   int  // by the ids from before so many renames
}

// callings are those by which an answer may call a matter.
func (m Matter) callings() []calling {
	depth := 0
	if m.Change != nil {
		for _, object := range append(refersTo(m.Change), m.Change.Object) {
			depth = max(depth, len(m.Change.Earlier[object]))
		}
	}
	var out []calling
	for n := range depth + 1 {
		out = append(out, calling{before: n}, calling{before: n, numbered: true})
		if m.Change != nil && m.Field == nil && narrow[m.Change.Class] {
			out = append(out, calling{before: n, wide: true}, calling{before: n, numbered: true, wide: true})
		}
	}
	return out
}

// narrow are the classes of which an answer that leaves the object as it is does not depend on what the
// plan says of it.
var narrow = map[change.Class]bool{
	change.Absent: true, change.Templated: true, change.Exists: true, change.Blocked: true,
}

// refersTo are the keys of what the fields of a change refer to.
func refersTo(c *change.Change) []string {
	var out []string
	if len(c.Earlier) == 0 {
		return nil
	}
	for _, key := range c.Keys {
		out = append(out, key)
	}
	if c.Before != nil {
		for _, key := range c.Before.Keys {
			if text, is := key.(string); is {
				out = append(out, text)
			}
		}
	}
	return out
}

// id is the one that an object had then.
func (x calling) id(c *change.Change, object string) string {
	if of := c.Earlier[object]; x.before > 0 && len(of) > 0 {
		return of[min(x.before, len(of))-1]
	}
	return object
}

// object is what the object of a change was called then.
func (x calling) object(c *change.Change) string { return x.id(c, c.Object) }

// values are what was applied of a field, and what is wanted.
func (x calling) values(c *change.Change, f *change.Field) (base, want any) {
	base, want = f.Base, f.Want
	if x.numbered {
		return base, want
	}
	if key := c.Keys[f.Name]; key != "" && !value.Empty(want) {
		want = "@" + x.id(c, key)
	}
	if c.Before == nil {
		return base, want
	}
	if key, _ := c.Before.Keys[f.Name].(string); key != "" && !value.Empty(base) {
		base = "@" + x.id(c, key)
	}
	return base, want
}
