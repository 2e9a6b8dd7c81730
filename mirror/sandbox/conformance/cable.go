package conformance

import (
	"fmt"
	"slices"
)

func cableChecks() []check {
	return []check{
		{name: "cable/create", run: checkCableCreate},
		{name: "cable/faults", run: checkCableFaults},
		{name: "cable/missing object", run: checkMissingEnd},
		{name: "cable/delete", run: checkCableDelete},
		{name: "cable/move", run: checkCableMove},
		{name: "cable/same ends", run: checkSameEnds},
		{name: "cable/empty ends", run: checkEmptyEnds},
		{name: "cable/swap", run: checkCableSwap},
		{name: "cable/label", run: checkCableLabel},
		{name: "cable/profile", since: 5, run: checkProfile},
		{name: "cable/breakout", since: 5, run: checkBreakout},
		{name: "cable/breakout rows", since: 5, run: checkBreakoutRows},
	}
}

func checkCableCreate(s *suite) {
	h := s.hall()
	_, _, pa, pb := s.pair(h)
	before := s.get(interfaces, pa[0])
	r := s.cable(pa[0], pb[0])
	c := r.id()
	cts := ids(s.find(ends, fmt.Sprintf("ordering=id&cable=%d", c)))
	want := []string{
		row("create", "dcim.cable", c),
		row("create", "dcim.cabletermination", cts[0]), row("update", "dcim.interface", pa[0]),
		row("create", "dcim.cabletermination", cts[1]), row("update", "dcim.interface", pb[0]), row("update", "dcim.cable", c),
	}
	if s.release <= 2 {
		want = want[:5]
	}
	s.equal("rows", s.rows(r.request()), want)
	got := s.rowsOf(r.request())
	s.equal("termination", got[1]["postchange_data"].(map[string]any)["termination_id"], pa[0])
	s.equal("interface", got[2]["postchange_data"].(map[string]any)["cable"], c)
	if s.release > 2 {
		s.equal("last row", []any{got[5]["prechange_data"], got[5].at("postchange_data", "a_terminations")}, []any{object{}, cts[:1]})
	}
	after := s.get(interfaces, pa[0])
	if !s.moment(after["last_updated"]).After(s.moment(before["last_updated"])) {
		s.Error("cabling does not date the interface")
	}
	s.equal("interface", []any{after.at("cable", "id"), after["cable_end"], after["_occupied"],
		after["link_peers"].([]any)[0].(map[string]any)["id"]},
		[]any{c, "A", true, pb[0]})
	s.equal("endpoint", []any{after["connected_endpoints"].([]any)[0].(map[string]any)["id"], after["connected_endpoints_reachable"]},
		[]any{pb[0], true})
	ct := s.get(ends, cts[0])
	s.equal("termination", []any{ct["cable"], ct["cable_end"], ct["termination_type"], ct["termination_id"]},
		[]any{c, "A", "dcim.interface", pa[0]})
}

func checkCableFaults(s *suite) {
	h := s.hall()
	a, _, pa, pb := s.pair(h)
	c := s.cable(pa[0], pb[0]).id()
	post := func(x, y []object) reply {
		s.Helper()
		return s.send("POST", cables, object{"a_terminations": x, "b_terminations": y})
	}
	s.fault(post(end(pa[0]), end(pb[1])), 400,
		fmt.Sprintf(`{"__all__":["Duplicate termination found for dcim.interface %d: cable %d"]}`, pa[0], c))
	s.fault(post(end(pa[1]), end(pa[1])), 400, `{"__all__":["A and B terminations cannot connect to the same object."]}`)
	s.fault(post(end(pa[1]), end()), 400, `{"__all__":["Must define A and B terminations when creating a new cable."]}`)
	s.fault(s.send("POST", cables, object{}), 400, `{"__all__":["Must define A and B terminations when creating a new cable."]}`)
	lag := s.want(201, "POST", interfaces, object{"device": a, "name": "lag", "type": "lag"}).id()
	s.mention(post(end(lag), end(pb[1])), 400, "Cables cannot be terminated to")
	s.want(200, "PATCH", one(interfaces, pa[1]), object{"mark_connected": true})
	s.mention(post(end(pa[1]), end(pb[1])), 400, "marked as connected")
	s.mention(s.send("PATCH", one(interfaces, pa[0]), object{"mark_connected": true}), 400, "Cannot mark as connected with a cable attached.")
	s.mention(s.send("PATCH", one(cables, c), object{"length": 3}), 400, "Must specify a unit when setting a cable length")
	r := s.want(200, "PATCH", one(cables, c), object{"length": 3.5, "length_unit": "m"})
	s.equal("length", []any{r.object()["length"], r.object().at("length_unit", "value")}, []any{3.5, "m"})
	r = s.want(200, "PATCH", one(cables, c), object{"length": nil})
	s.equal("unit without length", r.object()["length_unit"], nil)
	s.mention(s.send("PATCH", one(cables, c), object{"color": "FF0000"}), 400, `"color"`)
	s.mention(s.send("POST", cables, object{"a_terminations": []object{{"object_type": "dcim.interface"}},
		"b_terminations": end(pb[1])}), 400, "object_id")
}

func checkMissingEnd(s *suite) {
	h := s.hall()
	_, _, pa, _ := s.pair(h)
	r := s.send("POST", cables, object{"a_terminations": end(pa[0]), "b_terminations": end(2147480000)})
	s.mention(r, 500, `"Interface matching query does not exist."`, `"DoesNotExist"`)
}

func checkCableDelete(s *suite) {
	h := s.hall()
	_, _, pa, pb := s.pair(h)
	c := s.cable(pa[0], pb[0]).id()
	cts := ids(s.find(ends, fmt.Sprintf("ordering=id&cable=%d", c)))
	before := s.get(interfaces, pa[0])
	r := s.want(204, "DELETE", one(cables, c), nil)
	want := []string{row("delete", "dcim.cabletermination", cts[0]), row("delete", "dcim.cabletermination", cts[1]),
		row("delete", "dcim.cable", c)}
	switch {
	case s.release <= 4:
		want = append(want, row("update", "dcim.interface", pa[0]), row("update", "dcim.interface", pb[0]))
	case s.release >= 7:
		want = append(want, row("update", "dcim.interface", pb[0]), row("update", "dcim.interface", pa[0]))
	}
	s.equal("rows", s.rows(r.request()), want)
	if s.release >= 7 {
		freed := s.rowsOf(r.request())[4]
		s.equal("before", []any{freed.at("prechange_data", "cable"), freed.at("prechange_data", "cable_end")}, []any{c, "A"})
		s.equal("after", []any{freed.at("postchange_data", "cable"), freed.at("postchange_data", "cable_end")}, []any{nil, nil})
	}
	after := s.get(interfaces, pa[0])
	s.equal("interface", []any{after["cable"], after["cable_end"], after["_occupied"], after["connected_endpoints"]}, s.uncabled())
	s.equal("date is kept", after["last_updated"] == before["last_updated"], s.release >= 5 && s.release < 7)
}

// uncabled is what an interface shows whose cable is gone.
func (s *suite) uncabled() []any {
	if s.release <= 5 {
		return []any{nil, "", false, nil}
	}
	return []any{nil, nil, false, nil}
}

func checkCableMove(s *suite) {
	h := s.hall()
	_, _, pa, pb := s.pair(h)
	r := s.create(cables, object{"a_terminations": end(pa[0]), "b_terminations": end(pb[0]), "label": "L"})
	c := r.id()
	old := ids(s.find(ends, fmt.Sprintf("ordering=id&cable=%d", c)))
	r = s.want(200, "PATCH", one(cables, c), object{"b_terminations": end(pb[1])})
	cts := ids(s.find(ends, fmt.Sprintf("ordering=id&cable=%d", c)))
	want := []string{
		row("update", "dcim.interface", pb[0]), row("delete", "dcim.cabletermination", old[1]),
		row("create", "dcim.cabletermination", cts[1]), row("update", "dcim.interface", pb[1]), row("update", "dcim.cable", c),
	}
	if s.release <= 4 {
		want = slices.Insert(want, 2, want[0])
	}
	if s.release <= 2 {
		want = want[:5]
	}
	s.equal("rows", s.rows(r.request()), want)
	s.equal("termination kept", cts[0], old[0])
	s.equal("label", s.get(cables, c)["label"], "L")
	s.equal("old end", s.get(interfaces, pb[0])["cable"], nil)
	s.equal("new end", s.get(interfaces, pb[1]).at("cable", "id"), c)
	s.equal("peer", s.get(interfaces, pa[0])["link_peers"].([]any)[0].(map[string]any)["id"], pb[1])
}

func checkSameEnds(s *suite) {
	h := s.hall()
	_, _, pa, pb := s.pair(h)
	c := s.cable(pa[0], pb[0]).id()
	r := s.want(200, "PATCH", one(cables, c), object{"a_terminations": end(pa[0]), "b_terminations": end(pb[0])})
	s.equal("rows", s.rows(r.request()), []string{})
}

func checkEmptyEnds(s *suite) {
	h := s.hall()
	_, _, pa, pb := s.pair(h)
	c := s.cable(pa[0], pb[0]).id()
	s.fault(s.send("PATCH", one(cables, c), object{"a_terminations": nil}), 400, `{"a_terminations":["This field may not be null."]}`)
	old := ids(s.find(ends, fmt.Sprintf("ordering=id&cable=%d", c)))
	r := s.want(200, "PATCH", one(cables, c), object{"a_terminations": end()})
	left := 1
	if s.release <= 2 || s.release >= 7 {
		left = 0
	}
	s.equal("A side", len(s.get(cables, c)["a_terminations"].([]any)), left)
	if s.release < 7 {
		return
	}
	s.equal("rows", s.rows(r.request()), []string{
		row("update", "dcim.interface", pa[0]), row("delete", "dcim.cabletermination", old[0]), row("update", "dcim.cable", c),
	})
	last := s.rowsOf(r.request())[2]
	s.equal("ends", []any{last.at("prechange_data", "a_terminations"), last.at("postchange_data", "a_terminations")}, []any{old[:1], []int{}})
	s.equal("freed", s.get(interfaces, pa[0])["cable"], nil)
	s.want(200, "PATCH", one(cables, c), object{"b_terminations": end()})
	r = s.want(200, "PATCH", one(cables, c), object{"a_terminations": end(pa[1]), "b_terminations": end(pb[1])})
	cts := ids(s.find(ends, fmt.Sprintf("ordering=id&cable=%d", c)))
	s.equal("rows", s.rows(r.request()), []string{
		row("create", "dcim.cabletermination", cts[0]), row("update", "dcim.interface", pa[1]),
		row("create", "dcim.cabletermination", cts[1]), row("update", "dcim.interface", pb[1]), row("update", "dcim.cable", c),
	})
}

func checkCableSwap(s *suite) {
	h := s.hall()
	_, _, pa, pb := s.pair(h)
	c, d := s.cable(pa[0], pb[0]).id(), s.cable(pa[1], pb[1]).id()
	r := s.send("PATCH", cables, []object{{"id": c, "b_terminations": end(pb[1])}, {"id": d, "b_terminations": end(pb[0])}})
	s.mention(r, 400, "Duplicate termination found for dcim.interface")
	r = s.send("PATCH", cables, []object{{"id": d, "b_terminations": end(pb[0])}, {"id": c, "b_terminations": end(pb[2])}})
	s.equal("a chain in the order of ids", r.status, 200)
	s.equal("peer", s.get(interfaces, pa[1])["link_peers"].([]any)[0].(map[string]any)["id"], pb[0])
}

func checkCableLabel(s *suite) {
	h := s.hall()
	_, _, pa, pb := s.pair(h)
	c := s.cable(pa[0], pb[0])
	s.equal("display", c.object()["display"], fmt.Sprintf("#%d", c.id()))
	before := s.get(interfaces, pa[0])
	r := s.want(200, "PATCH", one(cables, c.id()), object{"label": "L"})
	s.equal("display", r.object()["display"], "L")
	s.equal("rows", s.rows(r.request()), []string{row("update", "dcim.cable", c.id())})
	s.equal("interface is not dated", s.get(interfaces, pa[0])["last_updated"], before["last_updated"])
}

func checkProfile(s *suite) {
	h := s.hall()
	_, _, pa, pb := s.pair(h)
	c := s.cable(pa[0], pb[0]).id()
	old := ids(s.find(ends, fmt.Sprintf("ordering=id&cable=%d", c)))
	o := s.want(200, "PATCH", one(cables, c), object{"profile": "single-1c1p"}).object()
	s.equal("profile", o.at("profile", "value"), "single-1c1p")
	cts := s.find(ends, fmt.Sprintf("ordering=id&cable=%d", c))
	if ids(cts)[0] == old[0] {
		s.Error("terminations are kept")
	}
	s.equal("connector", []any{cts[0]["connector"], cts[0]["positions"]}, []any{1, []int{1}})
}

// checkBreakout: plugs are numbered by their place in the list. Up to 4.6 one that stays keeps its
// number when another is pulled; later it gets the number of its new place.
func checkBreakout(s *suite) {
	h := s.hall()
	_, _, pa, pb := s.pair(h)
	peers := func(port int) string {
		var out []int
		list, _ := s.get(interfaces, port)["link_peers"].([]any)
		for _, p := range list {
			out = append(out, object(p.(map[string]any)).id())
		}
		return fmt.Sprint(out)
	}
	numbers := func(c int) string {
		var out []string
		for _, ct := range s.find(ends, fmt.Sprintf("ordering=id&cable=%d", c)) {
			if ct["cable_end"] == "B" {
				out = append(out, fmt.Sprintf("%v@%v", ct["termination_id"], ct["connector"]))
			}
		}
		slices.Sort(out)
		return fmt.Sprint(out)
	}
	body := object{"profile": "breakout-1c4p-4c1p", "a_terminations": end(pa[0]), "b_terminations": end(pb[0], pb[1], pb[2])}
	c := s.want(201, "POST", cables, body).id()
	at := func(port int, n int) string { return fmt.Sprintf("%d@%d", port, n) }
	s.equal("numbered", numbers(c), fmt.Sprint([]string{at(pb[0], 1), at(pb[1], 2), at(pb[2], 3)}))
	trunk := s.find(ends, fmt.Sprintf("ordering=id&cable=%d", c))[0]
	s.equal("positions", trunk["positions"], []int{1, 2, 3, 4})
	s.equal("peers of a plug", peers(pb[1]), fmt.Sprint([]int{pa[0]}))
	s.equal("peers of the trunk", peers(pa[0]), fmt.Sprint([]int{pb[0], pb[1], pb[2]}))
	s.want(200, "PATCH", one(cables, c), object{"b_terminations": end(pb[0], pb[2])})
	behind := 3
	if s.release >= 7 {
		behind = 2
	}
	s.equal("pulled", numbers(c), fmt.Sprint([]string{at(pb[0], 1), at(pb[2], behind)}))
	s.want(200, "PATCH", one(cables, c), object{"b_terminations": end(pb[0], pb[1], pb[2])})
	s.equal("plugged again", numbers(c), fmt.Sprint([]string{at(pb[0], 1), at(pb[1], 2), at(pb[2], 3)}))
	s.want(400, "PATCH", one(cables, c), object{"a_terminations": end(pa[0], pa[1])})
}

// checkBreakoutRows: the changelog tells of a port which plug and lanes of the cable it has; up to 4.6 it tells
// nothing of ports when the cable is deleted.
func checkBreakoutRows(s *suite) {
	h := s.hall()
	_, _, pa, pb := s.pair(h)
	told := func(request string, port int) string {
		var out []string
		for _, row := range s.rowsOf(request) {
			if fmt.Sprint(row["changed_object_id"]) == fmt.Sprint(port) && row["changed_object_type"] == "dcim.interface" {
				for _, side := range []string{"prechange_data", "postchange_data"} {
					out = append(out, fmt.Sprint(row.at(side, "cable_connector"), row.at(side, "cable_positions")))
				}
			}
		}
		return fmt.Sprint(out)
	}
	body := object{"profile": "breakout-1c4p-4c1p", "a_terminations": end(pa[0]), "b_terminations": end(pb[0], pb[1])}
	c := s.create(cables, body)
	s.equal("plugged", told(c.request(), pb[1]), "[<nil> <nil> 2 [1]]")
	if s.release < 7 {
		return
	}
	gone := s.want(204, "DELETE", one(cables, c.id()), nil)
	s.equal("unplugged", told(gone.request(), pb[1]), "[2 [1] <nil> <nil>]")
	s.equal("trunk unplugged", told(gone.request(), pa[0]), "[1 [1 2 3 4] <nil> <nil>]")
}
