package engine_test

import (
	"fmt"
	"strings"
	"testing"
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
