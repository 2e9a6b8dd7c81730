package engine_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/diet-project/diet/engine"
	"github.com/diet-project/diet/generate"
)

// agree answers every question of a preview: what exists is the plan's, and the plan wins.
func (w *world) agree(plan *generate.Plan) {
	w.Helper()
	for range 4 {
		p := w.preview(plan)
		if len(p.Questions) == 0 {
			return
		}
		for _, q := range p.Questions {
			word := ""
			for _, wish := range []string{"adopt", "use_diet", "approve"} {
				if word == "" && slices.Contains(q.Options, wish) {
					word = wish
				}
			}
			r := engine.Reply{Question: q.Key, Answer: word, Who: "joe", Why: "because"}
			if _, err := w.eng.Resolve(w.Context(), plan, r); err != nil {
				w.Fatalf("%s, of %v: %v", q.Key, q.Options, err)
			}
		}
	}
	w.Fatal("the questions do not end")
}

// TestAdoptedByAnswer has a person build devices of the plan with ports and cables: as the
// plan has them, of another type (and without their place), or in their place under another
// name. Adopted by answers, they are the plan's with all that is on them after one apply.
func TestAdoptedByAnswer(t *testing.T) {
	t.Parallel()
	whole := setup(t, "4.6")
	whole.apply(whole.edited(halls))
	want := whole.shape()
	for name, tamper := range map[string]func(h *hand, n int, body map[string]any){
		"as the plan has them": func(*hand, int, map[string]any) {},
		"of another type": func(h *hand, _ int, body map[string]any) {
			body["device_type"] = h.other
			delete(body, "position")
			delete(body, "face")
		},
		"under another name": func(_ *hand, n int, body map[string]any) {
			if body["position"] != nil {
				body["name"] = fmt.Sprint("hers-", n)
			}
		},
		"mixed": func(h *hand, n int, body map[string]any) {
			switch {
			case n%2 == 0:
				body["device_type"] = h.other
				delete(body, "position")
				delete(body, "face")
			case body["position"] != nil:
				body["name"] = fmt.Sprint("hers-", n)
			}
		},
	} {
		for _, version := range []string{"4.4", "4.7"} {
			t.Run(name+" "+version, func(t *testing.T) {
				t.Parallel()
				h := &hand{world: setup(t, version), from: whole, ids: map[string]any{}}
				random := rand.New(rand.NewPCG(uint64(len(name)), 1))
				all := func(map[string]any) bool { return true }
				h.catalog(func() bool { return true })
				maker := h.make("manufacturers", `{"name": "Other", "slug": "other"}`)
				h.other = h.make("device-types", fmt.Sprintf(`{"manufacturer": %v, "model": "Other", "slug": "other", "u_height": 1}`, maker))
				for _, port := range []string{"eth0", "E1/1", "E1/2", "mgmt"} {
					h.make("interface-templates", fmt.Sprintf(`{"name": %q, "type": "1000base-t", "device_type": %v}`, port, h.other))
				}
				n := 0
				h.tamper = func(endpoint string, body map[string]any) {
					if endpoint == "devices" {
						n++
						tamper(h, n, body)
					}
				}
				h.build("racks", all, "name", "site", "location", "u_height", "status")
				h.build("devices", all, "name", "site", "location", "rack", "role", "device_type", "status", "position", "face")
				h.build("interfaces", func(map[string]any) bool { return random.IntN(2) == 0 }, "name", "device", "type")
				h.plug(func() bool { return random.IntN(2) == 0 })
				devices := len(h.server.Objects("devices"))

				plan := h.planned(halls)
				h.agree(plan)
				h.apply(plan)
				if got := h.shape(); !slices.Equal(got, want) {
					t.Errorf("NetBox is\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
				}
				if n := len(h.server.Objects("devices")); n != devices {
					t.Errorf("%d devices are there, and a person built %d", n, devices)
				}
				h.law(plan)
				h.unique()
			})
		}
	}
}

// TestTakenBackGivesWay moves what a person left to people and takes back now, along with what is to stand
// where it stood, in one apply.
func TestTakenBackGivesWay(t *testing.T) {
	t.Parallel()
	for _, back := range []string{"web/web[4]", "web/web[2]"} {
		t.Run(back, func(t *testing.T) {
			t.Parallel()
			w := setup(t, "4.6")
			text := fmt.Sprintf(small, "one", 4)
			plan := w.planned(text)
			w.apply(plan)
			w.answers(plan, back, "", "unmanage")
			w.apply(plan)
			up := w.planned(strings.Replace(text, "fromU: 1}", "fromU: 2}", 1))
			w.answers(up, back, "", "adopt")
			w.apply(up)
			for n := range 4 {
				if got := w.object("devices", fmt.Sprintf("web/web[%d]", n+1))["position"]; got != float64(n+2) {
					t.Errorf("server %d is on %v, want U%d", n+1, got, n+2)
				}
			}
			w.law(up)
		})
	}
}

// TestMarkedElsewhere has a person blank the marks of a device, and set them on another one: whatever is
// answered about that, nothing is sent that NetBox refuses, and nothing is renamed for room that is not there.
func TestMarkedElsewhere(t *testing.T) {
	t.Parallel()
	for _, answer := range []string{"adopt", "rename_existing", "skip"} {
		t.Run(answer, func(t *testing.T) {
			t.Parallel()
			w := setup(t, "4.6")
			plan := w.planned(fmt.Sprintf(small, "one", 3))
			w.apply(plan)
			w.edit("devices", "web/web[2]", `{"name": "old-2", "custom_fields":
				{"diet_plan_id": "", "diet_object_id": "", "diet_managed": null, "diet_managed_fields": null}}`)
			w.post("dcim/devices", `{"name": "web-002", "site": 1, "role": 1, "device_type": 1,
				"custom_fields": {"diet_managed": true, "diet_plan_id": "web", "diet_object_id": "web/web[2]"}}`)
			w.answers(plan, "web/web[2]", "", answer)
			result, _, err := w.eng.Apply(t.Context(), plan, engine.ApplyOptions{})
			if err != nil || len(result.Failed) > 0 {
				t.Fatalf("%v, failed %+v", err, result.Errors)
			}
			if o := w.object("devices", "web/web[2]"); o["name"] != "web-002" {
				t.Errorf("hers is called %v", o["name"])
			}
			w.law(plan)
		})
	}
}

// TestLeftWantedElsewhere leaves fields to people whose values other objects of the plan want: theirs stay, in
// every way in which they were left.
func TestLeftWantedElsewhere(t *testing.T) {
	t.Parallel()
	for _, by := range []string{"answer", "policy"} {
		t.Run(by, func(t *testing.T) {
			t.Parallel()
			w := setup(t, "4.6")
			text := fmt.Sprintf(small, "one", 5)
			w.apply(w.planned(text))
			swap := map[string][2]string{"name": {`"web-001"`, `"web-002"`}, "position": {"3", "4"}}
			w.edit("devices", "web/web[1]", `{"name": "t"}`)
			w.edit("devices", "web/web[2]", `{"name": `+swap["name"][0]+`}`)
			w.edit("devices", "web/web[1]", `{"name": `+swap["name"][1]+`}`)
			w.edit("devices", "web/web[3]", `{"position": 30}`)
			w.edit("devices", "web/web[4]", `{"position": 3}`)
			w.edit("devices", "web/web[3]", `{"position": 4}`)
			w.edit("devices", "web/web[5]", `{"name": "web-006", "position": 7, "tags": []}`)
			left := map[string][]string{
				"web/web[1]": {"name"}, "web/web[2]": {"name"}, "web/web[3]": {"position"}, "web/web[4]": {"position"},
				"web/web[5]": {"name", "position"},
			}
			grown := w.planned(fmt.Sprintf(small, "one", 7))
			if by == "policy" {
				w.answer("drift", "unmanage", `input.kind == "device"`)
			}
			for object, fields := range left {
				for _, field := range fields {
					if by == "answer" {
						w.answers(grown, object, field, "unmanage")
					}
				}
			}
			places := func() string {
				var out []string
				for n := range 5 {
					o := w.object("devices", fmt.Sprintf("web/web[%d]", n+1))
					out = append(out, fmt.Sprint(o["name"], " U", o["position"]))
				}
				return strings.Join(out, ", ")
			}
			before := places()
			for range 2 {
				result, _, err := w.eng.Apply(t.Context(), grown, engine.ApplyOptions{})
				if err != nil || len(result.Failed) > 0 {
					t.Fatalf("%v, failed %+v", err, result.Errors)
				}
				if got := places(); got != before {
					t.Fatalf("the servers are %s, and people made them %s", got, before)
				}
			}
			w.law(grown)
		})
	}
}
