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
	k, _ := kinds.Standard().Of(kind)
	if f, _ := k.Field(end); f.Type != kinds.End {
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

// Unplugged is what an end of a cable holds once ports are gone.
func Unplugged(kind, end string, have any, gone map[int64]bool) any {
	plugs := Plugs(kind, end, have)
	if !slices.ContainsFunc(plugs, func(id int64) bool { return gone[id] }) {
		return have
	}
	left := slices.DeleteFunc(ports(have), func(port string) bool {
		id, _ := strconv.ParseInt(strings.TrimPrefix(port, portPrefix(kind, end)), 10, 64)
		return gone[id]
	})
	if len(left) == 0 {
		return nil
	}
	text := strings.Join(left, ",")
	if last := Plugs(kind, end, text); len(left) == 1 && len(last) == 1 {
		return last[0]
	}
	return text
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
