package engine_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/diet-project/diet/engine"
	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/generate"
	"github.com/diet-project/diet/mirror"
)

// auto is the small plan under remediation auto.
func (w *world) auto(servers int) *generate.Plan {
	w.Helper()
	return w.load("plan.yaml", strings.Replace(fmt.Sprintf(small, "planned", servers),
		"deletionPolicy: delete", "deletionPolicy: delete, remediation: {default: auto}", 1))
}

// blamed is the blame for the description of the first server.
func (w *world) blamed(plan *generate.Plan) *change.Blame {
	w.Helper()
	if _, err := w.eng.Sync(w.Context(), mirror.Options{}); err != nil {
		w.Fatal(err)
	}
	p, err := w.eng.Diff(w.Context(), plan)
	if err != nil {
		w.Fatal(err)
	}
	c := p.Set().Find("device", "web/web[1]")
	if c == nil || len(c.Fields) != 1 || c.Fields[0].Class != change.Drift {
		w.Fatalf("no drift: %+v", c)
	}
	return c.Fields[0].Blame
}

// TestWhoIsDiet tells a person's edit from diet's, whatever its message: it stays, and what
// she deleted is asked for.
func TestWhoIsDiet(t *testing.T) {
	t.Parallel()
	for _, version := range []string{"4.2", "4.4", "4.6"} {
		for _, message := range []string{"", "diet was wrong here", "diet run-0a1b2c3d/7"} {
			for _, fresh := range []string{"mirror.db", "another.db"} {
				t.Run(version+" "+message+" "+fresh, func(t *testing.T) {
					t.Parallel()
					w := setup(t, version)
					plan := w.auto(3)
					w.apply(plan)
					w.edit("devices", "web/web[1]", fmt.Sprintf(`{"description": "by hand", "changelog_message": %q}`, message))
					w.person(http.MethodDelete, "devices", "web/web[3]", fmt.Sprintf(`{"changelog_message": %q}`, message))
					w.open(fresh)
					if b := w.blamed(plan); b.Actor != change.ActorPerson || b.User != "maria" {
						t.Errorf("blamed is %+v", b)
					}
					w.apply(plan)
					if d := w.object("devices", "web/web[1]"); d["description"] != "by hand" {
						t.Errorf("her text is now %q", d["description"])
					}
					if n := len(w.server.Objects("devices")); n != 4 {
						t.Errorf("%d devices: what she deleted was made again", n)
					}
					w.law(plan)
				})
			}
		}
	}
}

// TestUnloggedEdit is nobody's whom the changelog knows, though diet was the last that it
// knows of.
func TestUnloggedEdit(t *testing.T) {
	t.Parallel()
	w := setup(t, "4.6")
	w.apply(w.auto(2))
	text := strings.ReplaceAll(fmt.Sprintf(small, "planned", 2), "planned", "planned anew")
	plan := w.load("plan.yaml", strings.Replace(text,
		"deletionPolicy: delete", "remediation: {default: auto}", 1))
	w.apply(plan) // an update of diet's own touched the field
	w.edit("devices", "web/web[1]", `{"description": "by nbshell"}`)
	all := w.handler
	w.handler = http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		answer := httptest.NewRecorder()
		all.ServeHTTP(answer, r)
		body := answer.Body.Bytes()
		if strings.HasPrefix(r.URL.Path, "/api/core/object-changes") {
			body = without(body, "maria")
		}
		maps.Copy(rw.Header(), answer.Header())
		rw.Header().Del("Content-Length")
		rw.WriteHeader(answer.Code)
		_, _ = rw.Write(body)
	})
	if b := w.blamed(plan); b.Actor != change.ActorUnknown {
		t.Errorf("blamed is %+v", b)
	}
	w.apply(plan)
	if d := w.object("devices", "web/web[1]"); d["description"] != "by nbshell" {
		t.Errorf("the text is now %q", d["description"])
	}
	w.law(plan)
}

// without is a page without the rows of a user.
func without(body []byte, user string) []byte {
	var page map[string]any
	if json.Unmarshal(body, &page) != nil {
		return body
	}
	rows, _ := page["results"].([]any)
	page["results"] = slices.DeleteFunc(rows, func(r any) bool { return r.(map[string]any)["user_name"] == user })
	body, _ = json.Marshal(page)
	return body
}

// TestActors are the users that the configuration names.
func TestActors(t *testing.T) {
	t.Parallel()
	w := setup(t, "4.6")
	plan := w.auto(2)
	w.apply(plan)
	w.edit("devices", "web/web[1]", `{"description": "synced", "changelog_message": "diet run-0a1b2c3d/7"}`)
	for _, tc := range []struct {
		actors engine.Actors
		want   string
	}{
		{engine.Actors{}, change.ActorPerson},
		{engine.Actors{System: []string{"maria"}}, change.ActorSystem},
		{engine.Actors{Diet: []string{"maria"}}, change.ActorDiet},
		{engine.Actors{}, change.ActorPerson},
	} {
		w.actors = tc.actors
		w.open("mirror.db")
		if b := w.blamed(plan); b.Actor != tc.want {
			t.Errorf("with %+v blamed is %+v", tc.actors, b)
		}
	}
}
