package change

import (
	"slices"
	"strconv"
	"strings"

	"github.com/diet-project/diet/mirror/kinds"
	"github.com/diet-project/diet/mirror/value"
)

// Plugs are the NetBox ids of the ports that an end of a cable is plugged into, as far as
// they are of the kind that the plan cables. An end holds one id, or the text of the view
// cable_end where people plugged it into several ports at once.
func Plugs(kind, end string, have any) []int64 {
	if k, _ := kinds.Standard().Of(kind); !isEnd(k, end) {
		return nil
	}
	if id, ok := value.ID(have); ok {
		return []int64{id}
	}
	var out []int64
	for _, port := range ports(have) {
		if id, ok := strings.CutPrefix(port, portPrefix(kind, end)); ok {
			if n, err := strconv.ParseInt(id, 10, 64); err == nil {
				out = append(out, n)
			}
		}
	}
	return out
}

// Port names a port among those of all kinds, as the view cable_end writes it, such as
// "dcim.frontport:12".
func Port(objectType string, id int64) string { return objectType + ":" + strconv.FormatInt(id, 10) }

// Ports names the ports of whatever kind that an end of a cable is plugged into, as [Port]
// does.
func Ports(kind, end string, have any) []string {
	if k, _ := kinds.Standard().Of(kind); !isEnd(k, end) {
		return nil
	}
	if id, ok := value.ID(have); ok {
		return []string{portPrefix(kind, end) + strconv.FormatInt(id, 10)}
	}
	return ports(have)
}

// Unplugged is what an end of a cable holds once ports are gone, which are named as [Port]
// does.
func Unplugged(kind, end string, have any, gone map[string]int64) any {
	left := slices.DeleteFunc(Ports(kind, end, have), func(port string) bool { return gone[port] != 0 })
	if len(left) == 0 {
		return nil
	}
	text := strings.Join(left, ",")
	if last := Plugs(kind, end, text); len(left) == 1 && len(last) == 1 {
		return last[0]
	}
	return text
}

// Side returns the side of a cable in NetBox that holds what diet calls an end.
func (b *Before) Side(ends []string, end string) string {
	if b == nil || !b.Turned || !slices.Contains(ends, end) {
		return end
	}
	return ends[1-slices.Index(ends, end)]
}

// Turn swaps the names of the two sides of a cable.
func (b *Before) Turn(ends []string) {
	b.Turned = !b.Turned
	b.Have[ends[0]], b.Have[ends[1]] = b.Have[ends[1]], b.Have[ends[0]]
}

func isEnd(kind kinds.Kind, field string) bool {
	f, _ := kind.Field(field)
	return f.Type == kinds.End
}

// ports are those of an end as the view cable_end writes them.
func ports(have any) []string {
	text, _ := have.(string)
	if text == "" {
		return nil
	}
	return strings.Split(text, ",")
}

// portPrefix begins the ports of the kind that the plan cables.
func portPrefix(kind, end string) string {
	return kinds.Standard().Must(Refers(kind, end)).ObjectType + ":"
}

// Groups are the groups of fields of a change that mean something only together: those of its kind, and,
// where one plug of a cable is to go into what another one of it is in, all of its plugs.
func (c *Change) Groups() [][]string {
	kind, _ := kinds.Standard().Of(c.Kind)
	if Crossed(c.Kind, c.Fields) {
		return append([][]string{kind.Plugs()}, kind.Together...)
	}
	return kind.Together
}

// Group is the group that a field of a change belongs to; nil where it stands alone.
func (c *Change) Group(field string) []string {
	for _, group := range c.Groups() {
		if slices.Contains(group, field) {
			return group
		}
	}
	return nil
}

// Crossed reports whether of the fields of a cable that differ, one wants what another one is plugged into.
func Crossed(kind string, fields []Field) bool {
	return slices.ContainsFunc(fields, func(f Field) bool {
		return slices.ContainsFunc(fields, func(g Field) bool { return f.Name != g.Name && Crosses(kind, f, g.Name, g.Have) })
	})
}

// Crosses reports whether a plug of a cable is to go into what another one of it is in.
func Crosses(kind string, f Field, other string, have any) bool {
	in := Ports(kind, other, have)
	return slices.ContainsFunc(Ports(kind, f.Name, f.Want), func(port string) bool { return slices.Contains(in, port) }) &&
		!slices.Equal(Ports(kind, f.Name, f.Want), Ports(kind, f.Name, f.Have))
}
