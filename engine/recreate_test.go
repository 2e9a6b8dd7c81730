package engine_test

import (
	"fmt"
	"strings"
	"testing"
)

// TestRecreateBringsTheParts has a person delete a server: the one answer brings it back with its
// interfaces, and with its cables, which NetBox kept with an open end.
func TestRecreateBringsTheParts(t *testing.T) {
	t.Parallel()
	for _, version := range []string{"4.2", "4.6"} {
		w := setup(t, version)
		plan := w.planned(fmt.Sprintf(small, "one", 3))
		w.apply(plan)
		was := w.cabling()
		w.remove("devices", "web/web[2]")
		w.sync()
		p := w.preview(plan)
		if len(p.Questions) != 1 || !strings.Contains(p.Questions[0].Verdict.Message, "stays gone") {
			t.Errorf("%s: questions %+v", version, p.Questions)
		}
		w.answers(plan, "web/web[2]", "", "recreate")
		w.apply(plan)
		w.law(plan)
		if is := w.cabling(); is != was {
			t.Errorf("%s: the cables were\n%s\nand are\n%s", version, was, is)
		}
		if p := w.preview(plan); len(p.Changes) > 0 {
			t.Errorf("%s: %d changes are left, the first %+v", version, len(p.Changes), p.Changes[0])
		}
	}
}

// cabling is which ports the cables of the plan join, by the diet ids of all.
func (w *world) cabling() string {
	ports := map[any]any{}
	for _, o := range w.server.Objects("interfaces") {
		ports[o["id"]] = o["custom_fields"].(map[string]any)["diet_object_id"]
	}
	var out strings.Builder
	for _, o := range w.server.Objects("cables") {
		fmt.Fprint(&out, o["custom_fields"].(map[string]any)["diet_object_id"])
		for _, side := range []string{"a_terminations", "b_terminations"} {
			for _, port := range ported(o[side]) {
				fmt.Fprint(&out, " ", ports[port])
			}
		}
		fmt.Fprintln(&out)
	}
	return out.String()
}
