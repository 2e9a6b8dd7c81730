package change

import (
	"fmt"
	"strings"
)

// Rest counts the objects that are not as the plan says and that are not written, or of which
// something is not. Drift is not of diet; the rest people or rules have decided.
type Rest struct {
	Drifted   int `json:"drifted"`
	Held      int `json:"held"`
	Denied    int `json:"denied"` // of those that are held
	Skipped   int `json:"skipped"`
	Accepted  int `json:"accepted"`
	Unmanaged int `json:"unmanaged"` // objects that people took over
	Shared    int `json:"shared"`    // objects of several plans that differ
	Wrong     int `json:"errors"`    // findings that hold something
	LeftOut   int `json:"left_out"`  // findings on what a part of a plan leaves out
}

// None reports whether NetBox is as the plan says.
func (r Rest) None() bool { return r == Rest{} }

// String lists the counts that are not 0.
func (r Rest) String() string {
	var parts []string
	add := func(n int, word string) {
		if n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, word))
		}
	}
	add(r.Drifted, "drifted")
	if add(r.Held, "held"); r.Denied > 0 {
		parts[len(parts)-1] += fmt.Sprintf(", %d of them denied", r.Denied)
	}
	add(r.Skipped, "skipped")
	add(r.Accepted, "accepted")
	if add(r.Wrong, "errors"); r.Wrong == 1 {
		parts[len(parts)-1] = "1 error"
	}
	return strings.Join(parts, ", ")
}
