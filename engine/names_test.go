package engine_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/diet-project/diet/engine"
	"github.com/diet-project/diet/engine/change"
)

// TestMessagesNameWhatFieldsReferTo has a person give a device another role: what is said of it,
// and why, has names in place of ids.
func TestMessagesNameWhatFieldsReferTo(t *testing.T) {
	t.Parallel()
	w := setup(t, "4.6")
	plan := w.planned(fmt.Sprintf(small, "one", 2))
	w.apply(plan)
	w.post("dcim/device-roles", `{"name": "Special", "slug": "special"}`)
	w.edit("devices", "web/web[1]", fmt.Sprintf(`{"role": %v}`, w.named("device-roles", "Special")["id"]))
	p := w.preview(plan)
	c := p.Set().Find("device", "web/web[1]")
	if said := c.Fields[0].Verdict.Message; !strings.HasPrefix(said, `NetBox has "Special" instead of "Server"`) {
		t.Error(said)
	}
	x, err := w.eng.Why(t.Context(), plan, "web/web[1]", "role")
	if err != nil || x.Reasons[0].Names["have"] != "Special" || x.Reasons[0].Names["want"] != "Server" {
		t.Errorf("%+v, %v", x, err)
	}
	w.law(plan)
}

// TestTextThatBeginsLikeAReference has the plan's texts begin with the sign by which values refer to
// what is yet to be made: they are texts, written as they are, and shown so.
func TestTextThatBeginsLikeAReference(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"@netops", "@web/web[1]", "@site:ams2"} {
		w := setup(t, "4.6")
		plan := w.plan(text, 2)
		w.apply(plan)
		w.law(plan)
		if got := w.object("devices", "web/web[1]")["description"]; got != text {
			t.Errorf("%s: NetBox has %v", text, got)
		}
		w.edit("devices", "web/web[1]", `{"description": "@hers"}`)
		for _, c := range w.preview(plan).Changes {
			if v := c.Fields[0].Verdict; !strings.Contains(v.Message, `"@hers" instead of "`+text+`"`) {
				t.Errorf("%s: %+v", text, v)
			}
		}
	}
}

// TestResultTellsOfHeldFields applies a plan of which a field of a device waits and another is written:
// the result has the device among what was updated, and among what is held, with the field's reason.
func TestResultTellsOfHeldFields(t *testing.T) {
	t.Parallel()
	w := setup(t, "4.6")
	w.apply(w.plan("one", 2))
	w.edit("devices", "web/web[1]", `{"description": "hers"}`)
	plan := w.replanned(2, `description: "one"`, `description: "two"`, "  catalog:\n", "  naming: {node: \"{class}-{n:04}\"}\n  catalog:\n")
	result, _, err := w.eng.Apply(t.Context(), plan, engine.ApplyOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if len(result.Held) != 1 || !strings.HasPrefix(result.Held[0].Reason, "description: the plan wants") || len(result.Updated) == 0 {
		t.Errorf("held %+v, updated %+v", result.Held, result.Updated)
	}
	w.law(plan)
}

// TestUnmanagedNamesWhatFieldsReferTo has a person give a device a tenant, which no plan owns.
func TestUnmanagedNamesWhatFieldsReferTo(t *testing.T) {
	t.Parallel()
	w := setup(t, "4.6")
	w.apply(w.plan("one", 2))
	w.post("tenancy/tenants", `{"name": "Bank", "slug": "bank"}`)
	w.edit("devices", "web/web[1]", `{"tenant": {"slug": "bank"}}`)
	if list := w.preview(w.plan("one", 2)).Unmanaged; len(list) != 1 || list[0].Called != "Bank" {
		t.Errorf("%+v", list)
	}
}

// TestMessageNamesWhatComes has a field refer to what is yet to be made: it is told by its name.
func TestMessageNamesWhatComes(t *testing.T) {
	t.Parallel()
	w := setup(t, "4.6")
	w.apply(w.plan("one", 2))
	w.post("dcim/device-types", `{"manufacturer": {"slug": "acme"}, "model": "Theirs", "slug": "theirs"}`)
	w.edit("devices", "web/web[1]", `{"device_type": {"model": "Theirs"}}`)
	plan := w.replanned(2, "server: {manufacturer: acme, model: Server, u: 1}",
		"blade: {manufacturer: acme, model: Blade, u: 1}", "type: server", "type: blade")
	for _, x := range w.preview(plan).Conflicts {
		if x.Field == "device_type" && strings.Contains(x.Verdict.Message, `wants "Blade", but NetBox has "Theirs"`) {
			return
		}
	}
	t.Errorf("it is not named: %+v", w.preview(plan).Conflicts)
}

// TestUnmanagedIsNotConflict has a person write what the plan states next: that is told as a conflict,
// and not once more as what nobody owns.
func TestUnmanagedIsNotConflict(t *testing.T) {
	t.Parallel()
	w := setup(t, "4.7")
	plain := w.replanned(2, `defaults: {description: "one"}`, `defaults: {}`)
	w.apply(plain)
	w.edit("devices", "web/web[1]", `{"description": "hers", "comments": "hers too"}`)
	w.sync()
	if list := w.preview(plain).Unmanaged; len(list) != 2 {
		t.Errorf("nobody owns %+v", list)
	}
	p := w.preview(w.plan("one", 2))
	if f := fieldOf(p.Set(), "web/web[1]", "description"); f == nil || f.Class != change.Conflict {
		t.Errorf("the description is %+v", f)
	}
	if len(p.Unmanaged) != 1 || p.Unmanaged[0].Field != "comments" {
		t.Errorf("nobody owns %+v", p.Unmanaged)
	}
}
