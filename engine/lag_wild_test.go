package engine_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/diet-project/diet/engine"
	"github.com/diet-project/diet/generate"
)

// wildLags is a NetBox in which people work on LAGs: into, by id, which LAGs they put interfaces into, 0 for none.
type wildLags struct {
	*wild
	into map[float64]any
}

// bundled is a random variant of the plan with LAGs.
func (x *wildLags) bundled() *generate.Plan {
	x.Helper()
	text := strings.NewReplacer(
		"lags: true, parents: true", "lags: "+x.pick("true", "true", "true", "false")+", parents: "+x.pick("true", "false"),
		"count: 3", "count: "+x.pick("2", "3", "3", "4"),
		"{data: {", x.pick("{data: {", "{data: {", "{front: {"),
		"lag: mclag", x.pick("lag: mclag", "lag: mclag", "lag: bundle", "lag: eslag", "lag: none"),
		"group: 2,", "group: 2, "+x.pick("", `name: "sw-{n}",`),
		"  site: ams2", "  site: ams2\n  naming: {switchLag: "+x.pick(`"Port-Channel{n}"`, `"Po{n}"`)+
			", nodeLag: "+x.pick(`"bond{n-1}"`, `"bond{n}"`)+"}",
		"deletionPolicy: delete", "deletionPolicy: "+x.pick("delete", "delete", "orphan", "warn"),
	).Replace(pairs)
	plan, err := generate.Load("plan.yaml", []byte(text))
	if err != nil {
		x.Fatalf("%v\n%s", err, text)
	}
	x.did = append(x.did, text)
	return plan
}

// tries sends a person's request, which NetBox may refuse; it returns what is there then, nil where it did.
func (x *wildLags) tries(method, path, body string) map[string]any {
	x.Helper()
	req := httptest.NewRequestWithContext(x.Context(), method, "/api/dcim/"+path+"/", strings.NewReader(body))
	req.Header.Set("Authorization", "Token "+person)
	req.Header.Set("Content-Type", "application/json")
	rec := httptest.NewRecorder()
	x.server.ServeHTTP(rec, req)
	x.did = append(x.did, fmt.Sprint(method, " ", path, " ", body, " ", rec.Code))
	var out map[string]any
	if rec.Code >= 300 || json.Unmarshal(rec.Body.Bytes(), &out) != nil {
		return nil
	}
	return out
}

// bundles has a person do something about LAGs.
func (x *wildLags) bundles() {
	x.Helper()
	var lags []map[string]any
	device := x.some("devices")["id"]
	var ports []map[string]any
	for _, o := range x.server.Objects("interfaces") {
		switch on := nested(o["device"]); {
		case on != device:
		case o["type"].(map[string]any)["value"] == "lag":
			lags = append(lags, o)
		default:
			ports = append(ports, o)
		}
	}
	lag := any("null")
	if len(lags) > 0 {
		lag = lags[x.random.IntN(len(lags))]["id"]
	}
	x.n++
	switch port := ports[x.random.IntN(len(ports))]; x.random.IntN(8) {
	case 0, 1:
		x.puts(port, "null")
	case 2, 3:
		x.puts(port, lag)
	case 4:
		x.tries("POST", "interfaces", fmt.Sprintf(`{"device": %v, "name": %q, "type": "lag"}`, device,
			x.pick("bond0", "bond1", "Port-Channel201", "Port-Channel401", "Po1", "Po202", "ae7")))
	case 5:
		body := fmt.Sprintf(`{"device": %v, "name": "hers %d", "type": "400gbase-x-osfp", "lag": %v}`, device, x.n, lag)
		o := x.tries("POST", "interfaces", body)
		if o != nil {
			x.into[o["id"].(float64)] = nested(o["lag"])
		}
	case 6:
		if lag != "null" {
			x.tries("PATCH", fmt.Sprintf("interfaces/%v", lag), fmt.Sprintf(`{"name": %q}`, x.pick("bond0", "bond1", "Po1", "hers")))
		}
	case 7:
		if lag != "null" {
			x.tries("DELETE", fmt.Sprintf("interfaces/%v", lag), "")
			for id, to := range x.into {
				if to == lag {
					delete(x.into, id)
				}
			}
		}
	}
}

// puts has a person put an interface into a LAG, or into none.
func (x *wildLags) puts(port map[string]any, lag any) {
	if nested(port["lag"]) == lag {
		return
	}
	_, based := recordOf(port, "lag")
	o := x.tries("PATCH", fmt.Sprintf("interfaces/%v", port["id"]), fmt.Sprintf(`{"lag": %v}`, lag))
	if o == nil {
		return
	}
	x.into[port["id"].(float64)] = lag
	if !based && lag == "null" { // where the plan does not say, that it is in none is nobody's word
		delete(x.into, port["id"].(float64))
	}
}

// recordOf is the NetBox id that diet's record of an object has of a field, and whether it has one.
func recordOf(o map[string]any, field string) (id any, based bool) {
	custom, _ := o["custom_fields"].(map[string]any)
	record, _ := custom["diet_managed_fields"].(map[string]any)
	base, _ := record["base"].(map[string]any)
	ids, _ := record["ids"].(map[string]any)
	_, based = base[field]
	return ids[field], based
}

// hersStays asserts that what people put into LAGs, or took out, is where it was, and forgets that of which the plan
// thinks the same by now.
func (x *wildLags) hersStays() {
	x.Helper()
	at := map[float64]map[string]any{}
	for _, o := range x.server.Objects("interfaces") {
		at[o["id"].(float64)] = o
	}
	for id, lag := range x.into {
		o := at[id]
		if o == nil {
			x.Errorf("interface %v is gone", id)
			delete(x.into, id)
			continue
		}
		if nested(o["lag"]) != lag {
			x.Errorf("interface %v (%v) was put into %v, and is in %v", id, o["name"], lag, nested(o["lag"]))
			delete(x.into, id)
			continue
		}
		if was, based := recordOf(o, "lag"); based && fmt.Sprint(was) == fmt.Sprint(lag) || !based && lag == "null" {
			delete(x.into, id)
		}
	}
}

// TestWildLags has people put interfaces into LAGs and take them out at random, make LAGs, rename and delete them,
// while the plan changes its own: nothing is answered, so that whatever they did stays. DIET_EVERY=n plays n random
// ones; DIET_SEED=n plays one again.
func TestWildLags(t *testing.T) {
	t.Parallel()
	for _, seed := range wildSeeds(t, 1, 2, 3) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			t.Parallel()
			w := setup(t, []string{"4.2", "4.4", "4.6", "4.7"}[seed%4])
			x := &wildLags{&wild{world: w, random: rand.New(rand.NewPCG(seed, 7))}, map[float64]any{}}
			x.apply(x.bundled())
			for range 3 {
				for range x.random.IntN(6) {
					x.bundles()
				}
				plan := x.bundled()
				result, _, err := x.eng.Apply(x.Context(), plan, engine.ApplyOptions{})
				if err != nil || len(result.Failed) > 0 {
					x.Errorf("%v, failed %+v %+v", err, result.Failed, result.Errors)
					for _, c := range x.preview(plan).Changes {
						if c.Acts() {
							x.Errorf("left is %s %s %s: %+v", c.Action, c.Kind, c.Object, c.Fields)
						}
					}
				}
				x.hersStays()
				x.unique()
				if !x.Failed() {
					x.law(plan)
				}
				if x.Failed() {
					x.Fatalf("people did\n%s", strings.Join(x.did, "\n"))
				}
			}
		})
	}
}
