package engine_test

import (
	"fmt"
	"path"
	"strings"
	"testing"

	"github.com/diet-project/diet/engine"
	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/generate"
)

// replanned is the plan of n servers, with texts replaced.
func (w *world) replanned(servers int, replace ...string) *generate.Plan {
	w.Helper()
	return w.load("plan", strings.NewReplacer(replace...).Replace(fmt.Sprintf(small, "one", servers)))
}

// patch is a person's PATCH of what has a slug.
func (w *world) patch(endpoint, slug, body string) {
	w.Helper()
	for _, o := range w.server.Objects(endpoint) {
		if o["slug"] == slug {
			w.byHandJSON("PATCH", fmt.Sprintf("dcim/%s/%v", endpoint, o["id"]), body)
			return
		}
	}
	w.Fatalf("no %s %s", endpoint, slug)
}

// slugs are those of an endpoint's objects.
func (w *world) slugs(endpoint string) string {
	var out []string
	for _, o := range w.server.Objects(endpoint) {
		out = append(out, fmt.Sprint(o["slug"]))
	}
	return strings.Join(out, " ")
}

// TestSharedObjectIsWhoItWas has a person rename what the plan's objects refer to: one
// question, nothing is made under the old name, and nothing moves.
func TestSharedObjectIsWhoItWas(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ endpoint, slug, object string }{
		{"sites", "ams2", "site:ams2"}, {"device-roles", "server", "device_role:server"}, {"device-types", "server", "device_type:server"},
	} {
		t.Run(tt.endpoint, func(t *testing.T) {
			t.Parallel()
			w := setup(t, "4.6")
			w.apply(w.plan("one", 2))
			name := "name"
			if tt.endpoint == "device-types" {
				name = "model"
			}
			w.patch(tt.endpoint, tt.slug, fmt.Sprintf(`{"slug": "other", %q: "Other"}`, name))
			was := w.slugs(tt.endpoint)
			w.asksAbout(w.plan("one", 3), tt.object)
			if is := w.slugs(tt.endpoint); is != was {
				t.Errorf("there were %s, and are %s", was, is)
			}
			w.team("defaults", "keep", `input.class == "shared"`)
			three := w.plan("one", 3)
			w.apply(three)
			w.law(three)
			if is := w.slugs(tt.endpoint); is != was || len(w.server.Objects("devices")) != 5 {
				t.Errorf("there are %s and %d devices", is, len(w.server.Objects("devices")))
			}
		})
	}
}

// asksAbout applies a plan that would grow, and asserts that it asks about a shared
// object, once, and makes no device.
func (w *world) asksAbout(plan *generate.Plan, object string) {
	w.Helper()
	p := w.stays(plan)
	n := 0
	for _, x := range p.Conflicts {
		if x.Type == engine.SharedObject && x.Object == object && x.Verdict.Asks() && x.Recommended == "keep" {
			n++
		}
	}
	if n != 1 {
		w.Errorf("%d questions about %s: %+v", n, object, p.Conflicts)
	}
}

// TestRenamedSharedObjectIsAnswered answers what is asked about a shared object of which the
// name is another than the plan says too, by the command that the preview prints.
func TestRenamedSharedObjectIsAnswered(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ endpoint, slug, object, name string }{
		{"sites", "ams2", "site:ams2", "name"}, {"device-types", "server", "device_type:server", "model"},
		{"device-roles", "server", "device_role:server", "name"},
	} {
		for _, word := range []string{"keep", "use_name", "approve", "skip"} {
			t.Run(tt.endpoint+" "+word, func(t *testing.T) {
				t.Parallel()
				w := setup(t, "4.6")
				stated := []string{"site: ams2", "site: {slug: ams2, name: Amsterdam}"}
				w.apply(w.replanned(2, stated...))
				w.patch(tt.endpoint, tt.slug, fmt.Sprintf(`{"slug": "other", %q: "Other"}`, tt.name))
				plan := w.replanned(3, stated...)
				w.stays(plan)
				w.answers(plan, tt.object, "", word)
				if p := w.preview(plan); len(p.Questions) > 0 {
					t.Errorf("is asked still: %+v", p.Questions)
				}
				w.apply(plan)
				w.law(plan)
			})
		}
	}
}

// TestNameOnAnother has a person give the site's name to another site.
func TestNameOnAnother(t *testing.T) {
	t.Parallel()
	w := setup(t, "4.6")
	w.apply(w.plan("one", 2))
	w.patch("sites", "ams2", `{"slug": "ams2-old", "name": "old"}`)
	w.post("dcim/sites", `{"name": "ams2", "slug": "ams2"}`)
	w.asksAbout(w.plan("one", 3), "site:ams2")
}

// TestPlanMovesToAnotherSite changes the site in the plan, as a copied plan file would.
func TestPlanMovesToAnotherSite(t *testing.T) {
	t.Parallel()
	w := setup(t, "4.6")
	w.apply(w.plan("one", 2))
	fra := w.replanned(2, "site: ams2", "site: fra")
	p := w.stays(fra)
	if !p.Waits() || w.slugs("sites") != "ams2" {
		t.Errorf("waits %v, sites %s", p.Waits(), w.slugs("sites"))
	}
}

// TestPlanExchangesAType lets the plan itself give its servers another type.
func TestPlanExchangesAType(t *testing.T) {
	t.Parallel()
	w := setup(t, "4.6")
	w.apply(w.plan("one", 2))
	plan := w.replanned(2, "server: {manufacturer: acme, model: Server, u: 1}",
		"blade: {manufacturer: acme, model: Blade, u: 1}", "type: server", "type: blade")
	w.apply(plan)
	w.law(plan)
	if got := w.object("devices", "web/web[1]")["device_type"].(map[string]any)["slug"]; got != "blade" {
		t.Errorf("the type is %v", got)
	}
}

// TestSlugOfAnotherMaker has another maker's type bear the slug of the plan's.
func TestSlugOfAnotherMaker(t *testing.T) {
	t.Parallel()
	w := setup(t, "4.6")
	w.post("dcim/manufacturers", `{"name": "Other", "slug": "other"}`)
	w.post("dcim/device-types", `{"manufacturer": {"slug": "other"}, "model": "Theirs", "slug": "leaf-48"}`)
	plan := w.plan("one", 2)
	w.apply(plan)
	w.law(plan)
	for _, o := range w.server.Objects("interface-templates") {
		if o["device_type"].(map[string]any)["model"] == "Theirs" {
			t.Fatalf("a template was written into another maker's type: %v", o["name"])
		}
	}
}

// TestMissingRegion holds the whole plan, for one reason that is said once.
func TestMissingRegion(t *testing.T) {
	t.Parallel()
	w := setup(t, "4.6")
	plan := w.replanned(2, "site: ams2", "site: {slug: ams2, region: emea}")
	p := w.stays(plan)
	if len(p.Findings) != 1 || p.Findings[0].Severity != change.Error || !p.Waits() {
		t.Errorf("findings %+v", p.Findings)
	}
	w.post("dcim/regions", `{"name": "EMEA", "slug": "emea"}`)
	w.apply(plan)
	w.law(plan)
	w.post("dcim/regions", `{"name": "APAC", "slug": "apac"}`)
	w.patch("sites", "ams2", `{"region": {"slug": "apac"}}`)
	if p := w.stays(plan); len(p.Findings) != 1 || p.Findings[0].Severity != change.Warning || p.Waits() ||
		!strings.Contains(p.Findings[0].Message, "region is apac, the plan says emea") {
		t.Errorf("findings %+v, waits %v", p.Findings, p.Waits())
	}
	w.patch("sites", "ams2", `{"region": null}`)
	if p := w.stays(plan); len(p.Findings) != 1 || !strings.Contains(p.Findings[0].Message, "region is nothing, the plan says emea") {
		t.Errorf("findings %+v", p.Findings)
	}
}

// TestMakerOfATypeChanges has a person give the type of the plan's servers to another maker: the
// question says what is another one now, and who did it.
func TestMakerOfATypeChanges(t *testing.T) {
	t.Parallel()
	w := setup(t, "4.6")
	w.apply(w.plan("one", 2))
	w.post("dcim/manufacturers", `{"name": "Other", "slug": "other"}`)
	w.patch("device-types", "server", `{"manufacturer": {"slug": "other"}}`)
	for _, c := range w.stays(w.plan("one", 3)).Conflicts {
		if c.Object == "device_type:server" && strings.Contains(c.Verdict.Message, "called server (manufacturer other) now, renamed by maria") {
			return
		}
	}
	t.Errorf("it does not say so: %+v", w.preview(w.plan("one", 3)).Conflicts)
}

// clean applies a plan of which a part is held, and asserts that nothing that was sent failed.
func (w *world) clean(plan *generate.Plan) *engine.Preview {
	w.Helper()
	result, p, err := w.eng.Apply(w.Context(), plan, engine.ApplyOptions{})
	if err != nil || len(result.Failed) > 0 {
		w.Fatalf("%v, failed: %+v", err, result.Failed)
	}
	w.law(plan)
	return p
}

// TestSharedNameTaken: NetBox takes the names of roles, sites, makers, types and tags once. Where
// another one has the name under another slug, that is told at preview, and nothing with it is sent.
func TestSharedNameTaken(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct{ endpoint, body, object string }{
		"role":  {"dcim/device-roles", `{"name": "Server", "slug": "other", "color": "aa1409"}`, "device_role:server"},
		"site":  {"dcim/sites", `{"name": "ams2", "slug": "other"}`, "site:ams2"},
		"maker": {"dcim/manufacturers", `{"name": "Acme", "slug": "other"}`, "manufacturer:acme"},
		"tag":   {"extras/tags", `{"name": "blue", "slug": "other"}`, "tag:blue"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := setup(t, "4.6")
			w.post(tt.endpoint, tt.body)
			plan := w.replanned(2, `defaults: {description: "one"}`, `defaults: {description: "one", tags: [blue]}`)
			p := w.clean(plan)
			if len(p.Findings) != 1 || p.Findings[0].ID != "shared-name-taken" || p.Findings[0].Objects[0] != tt.object || !p.Waits() {
				t.Fatalf("findings %+v", p.Findings)
			}
			for _, o := range w.server.Objects(path.Base(tt.endpoint)) {
				if o["slug"] == "other" {
					w.byHandJSON("PATCH", fmt.Sprintf("%s/%v", tt.endpoint, o["id"]), `{"name": "Hers"}`)
				}
			}
			w.apply(plan)
			w.law(plan)
		})
	}
	t.Run("twins of the plan", func(t *testing.T) {
		t.Parallel()
		w := setup(t, "4.6")
		plan := w.planned(strings.NewReplacer("TEXT", "one", `model: "@Server"`, `model: "@leaf-9"`).Replace(likeReferences))
		p := w.clean(plan)
		if len(p.Findings) != 1 || !strings.Contains(p.Findings[0].Message, `the plan makes one with the model "@leaf-9"`) {
			t.Errorf("findings %+v", p.Findings)
		}
	})
}
