package engine_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/diet-project/diet/engine/change"
)

// TestEditsInOthersFields has a person edit what no plan owns, on what is to be deleted or goes along
// with that: it is her work, which the preview tells, and none is deleted without a word.
func TestEditsInOthersFields(t *testing.T) {
	t.Parallel()
	const server, cable = "web/web[3]", "web/web[3]/lom.eth0~"
	for _, c := range []struct{ endpoint, object, body, field, back string }{
		{"devices", server, `{"tenant": 1}`, "tenant", `{"tenant": null}`},
		{"devices", server, `{"airflow": "front-to-rear"}`, "airflow", `{"airflow": null}`},
		{"cables", cable, `{"color": "ff0000"}`, "color", `{"color": ""}`},
		{"cables", cable, `{"length": 3, "length_unit": "m"}`, "length", `{"length": null, "length_unit": null}`},
		{"interfaces", "web/web[3]/lom.eth0", `{"enabled": false}`, "enabled", ""},
	} {
		t.Run(c.field, func(t *testing.T) {
			t.Parallel()
			w := setup(t, "4.6")
			w.byHandJSON(http.MethodPost, "tenancy/tenants", `{"name": "t", "slug": "t"}`)
			w.apply(w.plan("a", 3))
			w.edit(c.endpoint, c.object, c.body)
			less := w.plan("a", 2)
			x := conflict(w.stays(less), server)
			if x == nil || !strings.Contains(x.Verdict.Message, c.field) {
				t.Fatalf("conflict %+v", x)
			}
			w.object("devices", server)
			if c.back == "" {
				return
			}
			w.edit(c.endpoint, c.object, c.back)
			w.sync()
			if d := w.judged(less, "device", server); d.Verdict.Decision != change.DecisionDelete {
				t.Errorf("given back, and still %+v", d.Verdict)
			}
		})
	}
}
