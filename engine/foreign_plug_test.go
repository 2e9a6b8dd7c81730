package engine_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/diet-project/diet/generate"
)

// socket is a kind of port that is no interface.
type socket struct{ endpoint, model, body string }

var (
	consolePort   = socket{"console-ports", "consoleport", `"type": "rj-45"`}
	consoleServer = socket{"console-server-ports", "consoleserverport", `"type": "rj-45"`}
	powerPort     = socket{"power-ports", "powerport", `"type": "iec-60320-c14"`}
	powerOutlet   = socket{"power-outlets", "poweroutlet", `"type": "iec-60320-c13"`}
	powerFeed     = socket{"power-feeds", "powerfeed", ""}
	frontPort     = socket{"front-ports", "frontport", `"type": "lc"`}
	rearPort      = socket{"rear-ports", "rearport", `"type": "lc"`}
)

// socketPairs are what people cable with each other.
var socketPairs = [][2]socket{
	{consolePort, consoleServer}, {consoleServer, consolePort}, {powerPort, powerOutlet}, {powerPort, powerFeed},
	{powerOutlet, powerPort}, {rearPort, rearPort}, {frontPort, frontPort}, {rearPort, frontPort},
}

// socketOn is a port of a kind that a person makes on a device.
func (w *world) socketOn(s socket, device any, name, version string) map[string]any {
	w.Helper()
	body := fmt.Sprintf(`{"device": %v, "name": %q, %s}`, device, name, s.body)
	switch s {
	case powerFeed:
		panels := w.server.Objects("power-panels")
		if len(panels) == 0 {
			w.make("power-panels", `{"name": "panel", "site": 1}`)
			panels = w.server.Objects("power-panels")
		}
		body = fmt.Sprintf(`{"power_panel": %v, "name": %q}`, panels[0]["id"], name)
	case frontPort:
		rear := w.make("rear-ports", fmt.Sprintf(`{"device": %v, "name": "behind %s", "type": "lc"}`, device, name))
		behind := fmt.Sprintf(`"rear_port": %v`, rear)
		if version >= "4.5" {
			behind = fmt.Sprintf(`"rear_ports": [{"position": 1, "rear_port": %v, "rear_port_position": 1}]`, rear)
		}
		body = fmt.Sprintf(`{"device": %v, "name": %q, %s, %s}`, device, name, s.body, behind)
	}
	return plug("dcim."+s.model, w.make(s.endpoint, body))
}

// foreign is a cable that a person laid between a device of the plan and one of her own.
type foreign struct {
	id        float64
	near, far string // its sides
}

// laid has a person lay one, and turn it; several plugs are on the far side.
func (w *world) laid(pair [2]socket, device any, turned, several bool, version string) foreign {
	w.Helper()
	hers := w.make("devices", fmt.Sprintf(`{"name": "hers", "site": 1, "device_type": %v, "role": %v}`,
		id(w.object("devices", "web/web[1]")["device_type"]), id(w.object("devices", "web/dc.leaf[1]")["role"])))
	near, far := []any{w.socketOn(pair[0], device, "near", version)}, []any{w.socketOn(pair[1], hers, "far 1", version)}
	if several {
		far = append(far, w.socketOn(pair[1], hers, "far 2", version))
	}
	lay := func(a, b []any) string {
		body, _ := json.Marshal(map[string]any{"a_terminations": a, "b_terminations": b, "label": "hers"}) //nolint:errchkjson // plain values
		return string(body)
	}
	f := foreign{id: w.make("cables", lay(near, far)), near: "a", far: "b"}
	if turned {
		w.byHandJSON(http.MethodPatch, fmt.Sprint("dcim/cables/", f.id), lay(far, near))
		f.near, f.far = "b", "a"
	}
	return f
}

// plugs are what a side of it is plugged into.
func (f foreign) plugs(w *world, side string) string {
	w.Helper()
	for _, o := range w.server.Objects("cables") {
		if o["id"] != f.id {
			continue
		}
		var out []string
		list, _ := o[side+"_terminations"].([]any)
		for _, t := range list {
			end, _ := t.(map[string]any)
			out = append(out, fmt.Sprint(end["object_type"], " ", end["object_id"]))
		}
		return strings.Join(out, ", ")
	}
	return "the cable is gone"
}

func (f foreign) sides(w *world) string {
	w.Helper()
	return f.plugs(w, f.near) + " | " + f.plugs(w, f.far)
}

// TestForeignPlugs has diet move, re-type, adopt and delete a device with a console, power or
// patch port in which a person's cable is, turned or not, with one plug or several at its other
// end. The cable stays as it is, and what is deleted with it is asked for first.
func TestForeignPlugs(t *testing.T) {
	t.Parallel()
	versions := []string{"4.4", "4.6", "4.7"}
	ahead := make([]*moment, len(versions))
	for i, version := range versions {
		w := setup(t, version)
		w.apply(w.ported(4, "1-8"))
		ahead[i] = w.moment()
	}
	n := 0
	for _, pair := range socketPairs {
		for what, does := range map[string]func(*world, func() foreign){
			"moved": movedBeside, "re-typed": retypedBeside, "adopted": adoptedBeside, "deleted": deletedBeside,
		} {
			at, turned, several := n%len(versions), n/2%2 == 0, n/4%2 == 0
			n++
			t.Run(fmt.Sprintf("%s to %s, %s, turned %v, several %v", pair[0].model, pair[1].model, what, turned, several), func(t *testing.T) {
				t.Parallel()
				w := ahead[at].world(t, "mirror.db")
				does(w, func() foreign {
					device := w.object("devices", "web/web[4]")["id"]
					if what == "adopted" {
						device = w.make("devices", fmt.Sprintf(`{"name": "web-005", "site": 1, "device_type": %v, "role": %v}`,
							id(w.object("devices", "web/web[1]")["device_type"]), id(w.object("devices", "web/web[1]")["role"])))
					}
					return w.laid(pair, device, turned, several, versions[at])
				})
			})
		}
	}
}

// unmoved applies a plan, after which the cable is as it was, and the law holds.
func (f foreign) unmoved(w *world, plan *generate.Plan) {
	w.Helper()
	was := f.sides(w)
	w.apply(plan)
	if is := f.sides(w); is != was {
		w.Errorf("her cable is in %s, was in %s", is, was)
	}
	w.law(plan)
}

func movedBeside(w *world, lay func() foreign) {
	w.Helper()
	lay().unmoved(w, w.edited(fmt.Sprintf(small, "one", 4), "per: 32, fromU: 1", "per: 32, fromU: 9"))
	if at := w.object("devices", "web/web[4]")["position"]; at != 12.0 {
		w.Errorf("the server stands at %v", at)
	}
}

func retypedBeside(w *world, lay func() foreign) {
	w.Helper()
	const server = "      server: {manufacturer: acme, model: Server, u: 1}\n"
	lay().unmoved(w, w.edited(fmt.Sprintf(small, "one", 4), "type: server\n", "type: other\n",
		server, server+"      other: {manufacturer: acme, model: Other, u: 1}\n"))
	if is, _ := w.object("devices", "web/web[4]")["device_type"].(map[string]any); is["slug"] != "other" {
		w.Errorf("the server is of type %v", is["slug"])
	}
}

func adoptedBeside(w *world, lay func() foreign) {
	w.Helper()
	f, plan := lay(), w.ported(5, "1-8")
	f.unmoved(w, plan)
	w.answers(plan, "web/web[5]", "", "adopt")
	f.unmoved(w, plan)
	if name := w.object("devices", "web/web[5]")["name"]; name != "web-005" {
		w.Errorf("adopted is %v", name)
	}
}

func deletedBeside(w *world, lay func() foreign) {
	w.Helper()
	f, plan := lay(), w.ported(3, "1-8")
	f.unmoved(w, plan) // it asks, or leaves the device
	w.object("devices", "web/web[4]")
	w.answers(plan, "web/web[4]", "", "force_delete")
	far := f.plugs(w, f.far)
	w.apply(plan)
	if is := f.plugs(w, f.far); is != far && is != "the cable is gone" {
		w.Errorf("the far side of her cable is in %s, was in %s", is, far)
	}
	for _, o := range w.server.Objects("devices") {
		if o["name"] == "web-004" {
			w.Error("the server is left")
		}
	}
	w.asksNothing(plan)
	w.law(plan)
}
