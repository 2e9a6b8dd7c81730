package sandbox

import (
	"slices"
	"strings"
)

func reservationModel() *model {
	return &model{
		kind: "rack-reservations", app: "dcim", name: "rackreservation", label: "rack reservation", plural: "rack reservations",
		brief: []string{"id", "url", "display", "status", "user", "description", "units"}, clean: cleanReservation,
		order: func(a, b *record) int { return a.created.Compare(b.created) },
		title: func(s *state, r *record) string { return "Reservation for rack " + s.titleOf(s.to(r, "rack")) },
		fields: together(head(true), refField("rack", "racks", required, deleting(cascade)), typed("units", integers, required),
			computedField("unit_count", countUnits, since(5)), choiceField("status", reservationStatuses, since(3), defaults("active")), dates(),
			refField("user", "users", required, deleting(protect)), refField("tenant", "tenants", deleting(protect)),
			textField("description", required, maxLen(200)), owner(), comments(), marks()),
	}
}

func countUnits(e *encoder, r *record) {
	list, _ := r.get("units").([]int64)
	e.value(len(list))
}

func cleanReservation(t *tx, _ *record, d *draft) {
	rack := t.to(d.r, "rack")
	wanted, _ := d.r.get("units").([]int64)
	first, height := rack.ref("starting_unit"), rack.ref("u_height")
	if bad := slices.DeleteFunc(slices.Clone(wanted), func(u int64) bool { return u >= first && u < first+height }); len(bad) > 0 {
		d.faults.add("units", "Invalid unit(s) for %dU rack: %s", height, joined(bad))
		return
	}
	var taken []int64
	for _, other := range t.referring("rack-reservations", "rack", rack.id) {
		if list, _ := other.get("units").([]int64); other.id != d.r.id {
			taken = append(taken, list...)
		}
	}
	if both := slices.DeleteFunc(slices.Clone(wanted), func(u int64) bool { return !slices.Contains(taken, u) }); len(both) > 0 {
		d.faults.add("units", "The following units have already been reserved: %s", joined(both))
	}
}

// joined prints numbers with commas between.
func joined(numbers []int64) string {
	words := make([]string, len(numbers))
	for i, n := range numbers {
		words[i] = plain(n)
	}
	return strings.Join(words, ", ")
}

var reservationStatuses = choices{{"pending", "Pending", 0, 0}, {"active", "Active", 0, 0}, {"stale", "Stale", 0, 0}}
