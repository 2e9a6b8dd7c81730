package engine_test

import (
	"strings"
	"testing"
)

// TestWholeAgain breaks ports out, which takes them out of use, and then cables them whole or not at
// all: they are in use again, and what a person took out of use stays so.
func TestWholeAgain(t *testing.T) {
	t.Parallel()
	const cut, whole = "server: {ports: 1-2, breakout: 4x25}", "server: {ports: 1-2}"
	parents := strings.NewReplacer("profiles: true", "parents: true", "server: {ports: 1-2, breakout: 4x100}", cut,
		`"E1/{1-4}": 400gbase-x-osfp`, `"E1/{1-2}": 100gbase-x-qsfp28, "E1/{3-4}": 400gbase-x-osfp`).Replace(broken)
	deleting := strings.Replace(parents, "deletionPolicy: warn", "deletionPolicy: delete", 1)
	for name, steps := range map[string][]string{
		"at once":             {strings.Replace(deleting, cut, whole, 1)},
		"parents off ahead":   {strings.Replace(deleting, "parents: true", "parents: false", 1), "", ""},
		"parents off at once": {strings.NewReplacer(cut, whole, "parents: true", "parents: false").Replace(deleting)},
		"other ports":         {strings.Replace(deleting, "ports: 1-2", "ports: 2", 1)},
	} {
		if len(steps) == 3 {
			steps = []string{steps[0], strings.NewReplacer(cut, whole, "parents: true", "parents: false").Replace(deleting)}
		}
		for _, hers := range []bool{false, true} {
			t.Run(name+map[bool]string{true: ", hers"}[hers], func(t *testing.T) {
				t.Parallel()
				w := setup(t, "4.6")
				w.apply(w.edited(parents, "count: 6", "count: 2"))
				port := w.portOf("leaf-01", "E1/1")
				if port["enabled"] != false {
					t.Fatal("the port is in use")
				}
				if hers {
					w.edit("interfaces", "web/dc.leaf[1]/1", `{"enabled": true}`)
					w.edit("interfaces", "web/dc.leaf[1]/1", `{"enabled": false}`)
				}
				for _, text := range steps {
					plan := w.edited(text, "count: 6", "count: 2")
					w.apply(plan)
					w.law(plan)
					if asked := w.preview(plan).Conflicts; len(asked) > 0 {
						t.Errorf("asked: %+v", asked)
					}
				}
				if port = w.portOf("leaf-01", "E1/1"); port["enabled"] == hers {
					t.Errorf("the port's enabled is %v", port["enabled"])
				}
			})
		}
	}
}

// portOf is an interface of the sandbox, by the names of its device and its own.
func (w *world) portOf(device, name string) map[string]any {
	w.Helper()
	for _, o := range w.server.Objects("interfaces") {
		if in, _ := o["device"].(map[string]any); in["name"] == device && o["name"] == name {
			return o
		}
	}
	w.Fatalf("no %s %s", device, name)
	return nil
}
