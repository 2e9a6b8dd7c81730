package engine_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/diet-project/diet/engine"
	"github.com/diet-project/diet/mirror"
	"github.com/diet-project/diet/mirror/sandbox"
)

// powered is a server with a power supply, on a PDU.
const powered = `apiVersion: diet/v1alpha1
kind: Plan
metadata: {name: power}
spec:
  site: ams2
  catalog:
    deviceTypes:
      server: {manufacturer: acme, model: Powered, u: 1, powerPorts: {PSU1: iec-60320-c14}}
      pdu: {manufacturer: acme, model: PDU, u: 0, powerOutlets: {"Outlet {1-4}": iec-60320-c13}}
  fabrics:
    power:
      managed: false
      switches: {pdu: {role: oob, deviceRole: pdu, type: pdu, count: 1, zones: {power: {carries: power, ports: 1-4}}}}
  nodes:
    server: {count: 1, type: server, nics: {psu: {ports: ["1"], name: "PSU{port}"}}, links: {feed: {from: psu, to: power.pdu/power}}}
`

// TestOldToken has a token that may not view the kinds that diet owns since a later release: what
// needs none of them goes on, a deletion that may take some along asks, and none is made. Once the
// right is there, all is as ever.
func TestOldToken(t *testing.T) {
	t.Parallel()
	w := setup(t, "4.6")
	for _, endpoint := range []string{"power-ports", "power-outlets", "console-ports", "console-server-ports"} {
		w.server.FailNext(sandbox.Fault{
			Method: http.MethodGet, PathPrefix: "/api/dcim/" + endpoint + "/", Status: http.StatusForbidden, Times: forever,
			Body: `{"detail": "You do not have permission to perform this action."}`,
		})
	}
	result, err := w.eng.Sync(t.Context(), mirror.Options{})
	if err != nil || len(result.Warnings) != 4 || !strings.Contains(result.Warnings[0], "the token may not view") {
		t.Fatalf("%v, warnings %q", err, result.Warnings)
	}
	plan := w.plan("one", 3)
	w.apply(plan)
	w.settled(plan)
	if _, err := w.eng.Sync(t.Context(), mirror.Options{Verify: true}); err != nil {
		t.Fatal(err)
	}

	less := w.plan("one", 2)
	x := conflict(w.stays(less), "web/web[3]")
	if x == nil || !strings.Contains(x.Verdict.Message, "the token may not view power port") {
		t.Errorf("conflict %+v", x)
	}
	p, err := w.eng.Preview(t.Context(), w.planned(powered))
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for _, f := range p.Findings {
		if f.ID == engine.HiddenFinding {
			found++
		}
	}
	if found != 2 || !p.Waits() {
		t.Errorf("findings %+v", p.Findings)
	}
	w.server.ResetRequests()
	if _, _, err := w.eng.Apply(t.Context(), w.planned(powered), engine.ApplyOptions{}); err != nil {
		t.Fatal(err)
	}
	for _, r := range w.written() {
		if strings.Contains(r, "/power-ports/") || strings.Contains(r, "/power-outlets/") || strings.Contains(r, "/cables/") {
			t.Errorf("written: %s", r)
		}
	}

	w.server.ResetFaults()
	w.apply(less)
	w.law(less)
	w.apply(w.planned(powered))
	w.law(w.planned(powered))
	w.unique()
}
