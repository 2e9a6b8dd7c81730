package draw

import (
	"github.com/beevik/etree"
)

// Mark says what becomes of a device. Nothing is said by colour alone: a sign stands beside it.
type Mark string

// The marks; "" is a device that stays as it is.
const (
	Added   Mark = "added"
	Changed Mark = "changed"
	Removed Mark = "removed"
)

// Marks are those of devices by their object ids.
type Marks map[string]Mark

// Link is the address that an object leads to, "" for none. Nil is none for all.
type Link func(object string) string

func (l Link) to(object string) string {
	if l == nil {
		return ""
	}
	return l(object)
}

// signs are what stands before the name of a device, and markColors the colour of its frame.
var (
	signs      = map[Mark]string{Added: "+ ", Changed: "~ ", Removed: "− "}
	markColors = map[Mark]string{Added: green, Changed: "#b36b00", Removed: "#c0392b"}
)

// frame draws what becomes of a device around it.
func (m Mark) frame(root *etree.Element, r rect, round string) {
	if m == "" {
		return
	}
	e := add(root, "rect", "x", num(r.x), "y", num(r.y), "width", num(r.w), "height", num(r.h), "rx", round,
		"fill", "none", "stroke", markColors[m], "stroke-width", "3")
	if m == Removed {
		e.CreateAttr("stroke-dasharray", "5 3")
	}
}

// about is what a tooltip says of it.
func (m Mark) about() string {
	if m == "" {
		return ""
	}
	return ", to be " + string(m)
}

// linked is a group that leads to an address, or a plain one.
func linked(root *etree.Element, address string, attrs ...string) *etree.Element {
	if address == "" {
		return add(root, "g", attrs...)
	}
	return add(root, "a", append([]string{"href", address}, attrs...)...)
}

// markItems explain the marks that there are.
func markItems(there func(Mark) bool) []keyItem {
	var items []keyItem
	for _, m := range []Mark{Added, Changed, Removed} {
		if !there(m) {
			continue
		}
		items = append(items, keyItem{signs[m] + string(m), func(root *etree.Element, at point) {
			m.frame(root, rect{at.x, at.y - 10, 22, 13}, "2")
			drawText(root, point{at.x + 30, at.y}, 11, signs[m]+string(m))
		}})
	}
	return items
}
