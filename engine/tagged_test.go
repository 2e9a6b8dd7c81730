package engine_test

import (
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/diet-project/diet/engine"
	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/generate"
)

// tagging is the plan of n servers that has tags on them.
func (w *world) tagging(n int, tags string) *generate.Plan {
	w.Helper()
	return w.replanned(n, "      type: server", "      type: server\n      set: {tags: ["+tags+"]}")
}

// retag is a person's PATCH of a tag.
func (w *world) retag(slug, body string) {
	w.Helper()
	for _, o := range w.server.Objects("tags") {
		if o["slug"] == slug {
			w.byHandJSON("PATCH", fmt.Sprintf("extras/tags/%v", o["id"]), body)
			return
		}
	}
	w.Fatalf("no tag %s", slug)
}

// tagged are the slugs on the servers, those of each in order.
func (w *world) tagged() []string {
	var out []string
	for _, o := range w.server.Objects("devices") {
		if name := fmt.Sprint(o["name"]); strings.HasPrefix(name, "web-") {
			var slugs []string
			tags, _ := o["tags"].([]any)
			for _, t := range tags {
				slugs = append(slugs, fmt.Sprint(t.(map[string]any)["slug"]))
			}
			slices.Sort(slugs)
			out = append(out, strings.Join(slugs, "+"))
		}
	}
	return out
}

// TestTagIsWhoItWas has a person rename a tag of the plan's: one question, nothing is lost, and
// no tag is made a second time.
func TestTagIsWhoItWas(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ answer, tags, two, three string }{
		{"keep", "golden", "golden", "golden"},
		{"approve", "golden", "golden", "golden"},
		{"use_name", "golden gold", "gold+golden", "gold"},
		{"skip", "golden", "golden", ""},
	} {
		t.Run(tt.answer, func(t *testing.T) {
			t.Parallel()
			w := setup(t, "4.6")
			w.apply(w.tagging(2, "Gold"))
			w.retag("gold", `{"slug": "golden", "name": "Golden"}`)
			three := w.tagging(3, "Gold")
			w.asksAbout(three, "tag:gold")
			if p := w.preview(three); p.Rest().Drifted != 0 {
				t.Errorf("%d drifted", p.Rest().Drifted)
			}
			w.answers(three, "tag:gold", "", tt.answer)
			if p := w.preview(three); len(p.Questions) > 0 {
				t.Errorf("is asked still: %+v", p.Questions)
			}
			w.apply(three)
			w.law(three)
			want := []string{tt.two, tt.two}
			if tt.three != "" {
				want = append(want, tt.three)
			}
			if is := w.slugs("tags"); is != tt.tags || !slices.Equal(w.tagged(), want) {
				t.Errorf("the tags are %s, those of the servers %q", is, w.tagged())
			}
		})
	}
}

// putTags has a person give a server the tags with some slugs.
func (w *world) putTags(server string, slugs ...string) {
	w.Helper()
	w.edit("devices", server, `{"tags": [{"slug": "`+strings.Join(slugs, `"}, {"slug": "`)+`"}]}`)
}

// TestTagNameOnAnother has a person give the name of the plan's tag to another one, and that one to a
// server: it is asked about, and is not taken for the plan's.
func TestTagNameOnAnother(t *testing.T) {
	t.Parallel()
	for answer, tags := range map[string][3]string{
		"keep": {"gold-old", "gold", "gold-old"}, "use_name": {"gold+gold-old", "gold", "gold"},
	} {
		t.Run(answer, func(t *testing.T) {
			t.Parallel()
			w := setup(t, "4.6")
			w.apply(w.tagging(2, "Gold"))
			w.retag("gold", `{"slug": "gold-old", "name": "old gold"}`)
			w.post("extras/tags", `{"name": "Gold", "slug": "gold"}`)
			w.putTags("web/web[2]", "gold")
			w.asksAbout(w.tagging(3, "Gold"), "tag:gold")
			three := w.tagging(3, "Gold")
			w.answers(three, "tag:gold", "", answer)
			w.apply(three)
			w.law(three)
			if is := w.tagged(); !slices.Equal(is, tags[:]) {
				t.Errorf("the tags of the servers are %q, not %q", is, tags)
			}
			drifted := 1
			if answer == "use_name" {
				drifted = 0
			}
			if p := w.preview(three); p.Rest().Drifted != drifted {
				t.Errorf("%d drifted", p.Rest().Drifted)
			}
		})
	}
}

// TestTagTakenOff has a person rename the plan's tag and take it off a server: that is drift, and
// says who.
func TestTagTakenOff(t *testing.T) {
	t.Parallel()
	w := setup(t, "4.6")
	plan := w.tagging(2, "Gold, Silver")
	w.apply(plan)
	w.retag("gold", `{"slug": "golden", "name": "Golden"}`)
	w.answers(plan, "tag:gold", "", "keep")
	w.sync()
	w.putTags("web/web[2]", "silver")
	p := w.stays(plan)
	i := slices.IndexFunc(p.Changes, func(c change.Change) bool { return c.Object == "web/web[2]" })
	if i < 0 || len(p.Changes[i].Fields) != 1 {
		t.Fatalf("%+v", p.Changes)
	}
	if f := p.Changes[i].Fields[0]; f.Name != "tag.gold" || f.Class != change.Drift || f.Blame.User != "maria" {
		t.Errorf("%+v %+v", f, f.Blame)
	}
	w.answers(plan, "web/web[2]", "tag.gold", "use_diet")
	w.apply(plan)
	w.law(plan)
	if is := w.tagged(); !slices.Equal(is, []string{"golden+silver", "golden+silver"}) {
		t.Errorf("the tags of the servers are %q", is)
	}
}

// TestPlanTakesTheNewName has the plan say what a person calls the tag: only the record changes.
func TestPlanTakesTheNewName(t *testing.T) {
	t.Parallel()
	w := setup(t, "4.6")
	w.apply(w.tagging(2, "Gold"))
	w.retag("gold", `{"slug": "golden", "name": "Golden"}`)
	golden := w.tagging(2, "Golden")
	p := w.preview(golden)
	for i := range p.Changes {
		if c := &p.Changes[i]; c.Acts() && c.Action != change.Own {
			t.Errorf("%s %s", c.Action, c.Object)
		}
	}
	w.apply(golden)
	w.law(golden)
	w.retag("golden", `{"slug": "au"}`)
	w.asksAbout(w.tagging(3, "Golden"), "tag:golden")
}

// TestTagMadeAgain has a person delete the plan's tag and make one of that name: it is the plan's.
func TestTagMadeAgain(t *testing.T) {
	t.Parallel()
	w := setup(t, "4.6")
	plan := w.tagging(2, "Gold")
	w.apply(plan)
	w.retag("gold", `{"slug": "x", "name": "x"}`)
	w.post("extras/tags", `{"name": "Gold", "slug": "gold"}`)
	w.putTags("web/web[1]", "gold")
	w.putTags("web/web[2]", "gold")
	w.sync()
	for _, o := range w.server.Objects("tags") {
		if o["slug"] == "x" {
			w.byHandJSON("DELETE", fmt.Sprintf("extras/tags/%v", o["id"]), "")
		}
	}
	if p := w.stays(plan); len(p.Conflicts) > 0 || p.Rest().Drifted > 0 {
		t.Errorf("%+v", p.Conflicts)
	}
	three := w.tagging(3, "Gold")
	w.apply(three)
	w.law(three)
	if is := w.tagged(); !slices.Equal(is, []string{"gold", "gold", "gold"}) {
		t.Errorf("the tags of the servers are %q", is)
	}
}

// TestRollbackAfterTagRename undoes a run after which the tag was renamed.
func TestRollbackAfterTagRename(t *testing.T) {
	t.Parallel()
	w := setup(t, "4.6")
	w.apply(w.tagging(2, "Gold"))
	w.apply(w.replanned(2, "      type: server", "      type: server\n      set: {tags: [Gold, Silver], description: two}"))
	run := w.lastRun()
	w.retag("gold", `{"slug": "golden", "name": "Golden"}`)
	w.undo(run)
	if is := w.tagged(); !slices.Equal(is, []string{"golden+silver", "golden+silver"}) {
		t.Errorf("the tags of the servers are %q", is)
	}
}

// TestTagsWithoutMemory takes over what an older diet applied, which did not remember ids of tags, without a
// question; what one object remembers holds for the others.
func TestTagsWithoutMemory(t *testing.T) {
	t.Parallel()
	for name, forget := range map[string][]string{"one": {"web/web[2]"}, "all": {"web/web[1]", "web/web[2]"}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := setup(t, "4.6")
			plan := w.tagging(2, "Gold")
			w.apply(plan)
			for _, object := range forget {
				o := w.object("devices", object)
				record := o["custom_fields"].(map[string]any)["diet_managed_fields"].(map[string]any)
				ids := maps.Clone(record["ids"].(map[string]any))
				if ids["tag.gold"] == nil {
					t.Fatalf("the record is %v", record)
				}
				delete(ids, "tag.gold")
				record["ids"] = ids
				w.server.Overwrite("devices", int64(o["id"].(float64)), "cf.diet_managed_fields", record)
			}
			w.open("older.db")
			w.law(plan)
			if p := w.preview(plan); len(p.Conflicts) > 0 || p.Rest().Drifted > 0 {
				t.Errorf("%+v", p.Conflicts)
			}
			if name == "all" {
				return
			}
			w.retag("gold", `{"slug": "golden", "name": "Golden"}`)
			w.asksAbout(w.tagging(3, "Gold"), "tag:gold")
			if p := w.preview(plan); p.Rest().Drifted != 0 {
				t.Errorf("%d drifted", p.Rest().Drifted)
			}
		})
	}
}

// placed is a plan that refers to all kinds of shared objects.
func (w *world) placed(servers int) *generate.Plan {
	w.Helper()
	return w.replanned(servers,
		"site: ams2", "site: {slug: ams2, region: emea}",
		"      type: server", "      type: server\n      set: {tenant: acme, platform: linux}",
		"row: {count: 1, units: 48}", "row: {count: 1, units: 48, location: hall-1}")
}

// TestWhateverIsReferredToIsWhoItWas has a person rename what else the plan refers to.
func TestWhateverIsReferredToIsWhoItWas(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ endpoint, slug, object string }{
		{"tenancy/tenants", "acme", "tenant:acme"}, {"dcim/platforms", "linux", "platform:linux"},
	} {
		t.Run(tt.object, func(t *testing.T) {
			t.Parallel()
			w := setup(t, "4.6")
			w.post("tenancy/tenants", `{"name": "acme", "slug": "acme"}`)
			w.post("dcim/platforms", `{"name": "linux", "slug": "linux"}`)
			w.post("dcim/regions", `{"name": "emea", "slug": "emea"}`)
			w.apply(w.placed(2))
			w.law(w.placed(2))
			endpoint := path.Base(tt.endpoint)
			for _, o := range w.server.Objects(endpoint) {
				if o["slug"] == tt.slug {
					w.byHandJSON("PATCH", fmt.Sprintf("%s/%v", tt.endpoint, o["id"]), `{"slug": "other", "name": "Other"}`)
				}
			}
			was := w.slugs(endpoint)
			three := w.placed(3)
			w.asksAbout(three, tt.object)
			w.answers(three, tt.object, "", "keep")
			w.apply(three)
			w.law(three)
			if is := w.slugs(endpoint); is != was || len(w.server.Objects("devices")) != 5 {
				t.Errorf("there are %s and %d devices", is, len(w.server.Objects("devices")))
			}
		})
	}
}

// TestPartsOfPlacesAreWhoTheyWere has a person rename what only racks, feeds and modules refer to: it is
// asked about, and not made a second time.
func TestPartsOfPlacesAreWhoTheyWere(t *testing.T) {
	t.Parallel()
	for object, rename := range map[string][2]string{
		"power_panel:PP-A":           {"dcim/power-panels", `{"name": "Other"}`},
		"module_type:LC-8 (rev 2)":   {"dcim/module-types", `{"model": "Other"}`},
		"location:hall-1":            {"dcim/locations", `{"name": "Other", "slug": "other"}`},
		"device_role:console-server": {"dcim/device-roles", `{"name": "Other", "slug": "other"}`},
	} {
		t.Run(object, func(t *testing.T) {
			t.Parallel()
			w := setup(t, "4.6")
			edit := strings.NewReplacer("  racks:\n    row:\n", "  racks:\n    row:\n      location: hall-1\n").Replace
			plan, more := w.load("plan", edit(stocked)), w.load("plan", strings.Replace(edit(stocked), "count: 2\n", "count: 3\n", 1))
			w.apply(plan)
			w.law(plan)
			endpoint := path.Base(rename[0])
			_, called, _ := strings.Cut(object, ":")
			for _, o := range w.server.Objects(endpoint) {
				if o["slug"] == called || o["name"] == called || o["model"] == called {
					w.byHandJSON("PATCH", fmt.Sprintf("%s/%v", rename[0], o["id"]), rename[1])
				}
			}
			was := len(w.server.Objects(endpoint))
			p := w.preview(more)
			if n := len(p.Conflicts); n != 1 || p.Conflicts[0].Object != object || p.Conflicts[0].Type != engine.SharedObject {
				t.Fatalf("%d questions: %+v, %+v", n, p.Conflicts, p.Findings)
			}
			w.answers(more, object, "", "keep")
			w.apply(more)
			w.law(more)
			if is := len(w.server.Objects(endpoint)); is != was {
				t.Errorf("there were %d, and are %d", was, is)
			}
		})
	}
}

// TestRegionRenamed has a person rename the region that the site is in: the site is there, and nothing
// needs the region.
func TestRegionRenamed(t *testing.T) {
	t.Parallel()
	w := setup(t, "4.6")
	w.post("tenancy/tenants", `{"name": "acme", "slug": "acme"}`)
	w.post("dcim/platforms", `{"name": "linux", "slug": "linux"}`)
	if p := w.preview(w.placed(2)); len(p.Findings) != 1 || p.Findings[0].ID != "missing-reference" {
		t.Errorf("%+v", p.Findings)
	}
	w.post("dcim/regions", `{"name": "emea", "slug": "emea"}`)
	w.apply(w.placed(2))
	region := w.server.Objects("regions")[0]
	w.byHandJSON("PATCH", fmt.Sprintf("dcim/regions/%v", region["id"]), `{"slug": "other", "name": "Other"}`)
	three := w.placed(3)
	p := w.preview(three)
	if len(p.Findings) != 1 || p.Findings[0].ID != "shared-differs" || p.Waits() {
		t.Errorf("%+v", p.Findings)
	}
	w.apply(three)
	w.law(three)
}

// TestRelinquishedTagWaitsForNone has the plan give up a tag while another one, which people took off and
// which stays off, cannot be made: that is not written, and nothing waits for it.
func TestRelinquishedTagWaitsForNone(t *testing.T) {
	t.Parallel()
	w := setup(t, "4.6")
	w.apply(w.tagging(2, "Gold, Silver"))
	for _, o := range w.server.Objects("tags") {
		if o["slug"] == "gold" {
			w.byHandJSON("DELETE", fmt.Sprintf("extras/tags/%v", o["id"]), "")
		}
	}
	w.post("extras/tags", `{"name": "Gold", "slug": "gold-2"}`)
	plan := w.tagging(2, "Gold")
	p := w.preview(plan)
	for i := range p.Changes {
		if c := &p.Changes[i]; c.Held != "" {
			t.Errorf("%s %s", c.Object, c.Held)
		}
	}
	w.apply(plan)
	w.law(plan)
	record := w.object("devices", "web/web[1]")["custom_fields"].(map[string]any)["diet_managed_fields"].(map[string]any)
	if _, owned := record["base"].(map[string]any)["tag.silver"]; owned {
		t.Errorf("silver is the plan's still: %v", record)
	}
}

// TestWhatIsGoneHasAName has people give the devices another tenant, and delete the one that diet applied: the
// question says what that was called, not its id.
func TestWhatIsGoneHasAName(t *testing.T) {
	t.Parallel()
	w := setup(t, "4.6")
	plan := func(tenant string) *generate.Plan {
		return w.replanned(2, "      type: server", "      type: server\n      set: {tenant: "+tenant+"}")
	}
	for _, slug := range []string{"acme", "globex", "initech"} {
		w.post("tenancy/tenants", fmt.Sprintf(`{"name": "The %s", "slug": %q}`, slug, slug))
	}
	w.apply(plan("acme"))
	for n := range 2 {
		w.edit("devices", fmt.Sprintf("web/web[%d]", n+1), `{"tenant": {"slug": "globex"}}`)
	}
	w.byHandJSON("DELETE", "tenancy/tenants/1", "")
	p := w.stays(plan("initech"))
	if len(p.Conflicts) != 2 {
		t.Fatalf("%+v", p.Conflicts)
	}
	x := p.Conflicts[0]
	if !strings.Contains(x.Verdict.Message, `diet last applied "acme"`) {
		t.Error(x.Verdict.Message)
	}
	if is, want := fmt.Sprint(x.Names), "map[base:acme have:The globex want:The initech]"; is != want {
		t.Errorf("the names are %s, not %s", is, want)
	}
}
