package engine_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/diet-project/diet/engine"
	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/generate"
)

// inHall is the plan of n servers whose rack stands in a location.
func (w *world) inHall(servers int) *generate.Plan {
	w.Helper()
	return w.replanned(servers, "{count: 1, units: 48}", "{count: 1, units: 48, location: hall-1}")
}

// ambiguous asserts that a preview is about several objects with one slug, and that nothing
// was made.
func (w *world) ambiguous(p *engine.Preview, object string) {
	w.Helper()
	if !p.Waits() || len(w.server.Objects("devices")) > 0 || len(w.server.Objects("interface-templates")) > 0 {
		w.Errorf("waits %v, %d devices", p.Waits(), len(w.server.Objects("devices")))
	}
	for _, f := range p.Findings {
		if f.ID == "shared-ambiguous" && f.Severity == change.Error && f.Objects[0] == object {
			return
		}
	}
	w.Errorf("findings %+v", p.Findings)
}

// TestLocationsOfOneSlug has a location of the plan's slug under two others, and one in
// another site, which the plan cannot mean.
func TestLocationsOfOneSlug(t *testing.T) {
	t.Parallel()
	w := setup(t, "4.6")
	w.post("dcim/sites", `{"name": "Fra", "slug": "fra"}`)
	w.post("dcim/sites", `{"name": "ams2", "slug": "ams2"}`)
	w.post("dcim/locations", `{"name": "Hall 1", "slug": "hall-1", "site": {"slug": "fra"}}`)
	for _, up := range []string{"north", "south"} {
		w.post("dcim/locations", fmt.Sprintf(`{"name": %q, "slug": %q, "site": {"slug": "ams2"}}`, up, up))
		w.post("dcim/locations", fmt.Sprintf(`{"name": "Hall 1", "slug": "hall-1", "site": {"slug": "ams2"}, "parent": {"slug": %q}}`, up))
	}
	w.ambiguous(w.stays(w.inHall(2)), "location:hall-1")
	w.byHandJSON("PATCH", "dcim/locations/3", `{"slug": "hall-1n", "name": "Hall 1n"}`)
	plan := w.inHall(2)
	w.apply(plan)
	w.law(plan)
	if got := w.object("racks", "web/rack:row[1]")["location"].(map[string]any)["id"]; got != 5.0 {
		t.Errorf("the rack is in %v", got)
	}
	w.byHandJSON("PATCH", "dcim/locations/3", `{"slug": "hall-1", "name": "Hall 1"}`)
	w.law(plan) // base says which it is
	w.open("another.db")
	w.law(w.inHall(2))
}

// TestTypesOfOneSlug has two makers' types with the slug that the plan names without a maker.
func TestTypesOfOneSlug(t *testing.T) {
	t.Parallel()
	w := setup(t, "4.6")
	for _, maker := range []string{"a", "b"} {
		w.post("dcim/manufacturers", fmt.Sprintf(`{"name": %q, "slug": %q}`, maker, maker))
		w.post("dcim/device-types", fmt.Sprintf(`{"manufacturer": {"slug": %q}, "model": "Server", "slug": "server"}`, maker))
	}
	const body = "      server: {manufacturer: acme, model: Server, u: 1}\n"
	bare := w.replanned(2, body, "")
	w.apply(bare)
	w.law(bare)
	p, err := w.eng.Preview(t.Context(), bare)
	if err != nil {
		t.Fatal(err)
	}
	found := false
	for _, f := range p.Findings {
		found = found || f.ID == "shared-ambiguous" && strings.Contains(f.Message, "state its manufacturer in spec.catalog")
	}
	if n := len(w.server.Objects("devices")); !found || !p.Waits() || n != 2 {
		t.Errorf("waits %v, %d devices, findings %+v", p.Waits(), n, p.Findings)
	}
	plan := w.replanned(2, "server: {manufacturer: acme,", "server: {manufacturer: b,")
	w.apply(plan)
	w.law(plan)
	if got := w.object("devices", "web/web[1]")["device_type"].(map[string]any)["id"]; got != 2.0 {
		t.Errorf("the type is %v", got)
	}
}

// TestMakerRenamed has a person rename the maker of the plan's types: one question, and no
// second maker.
func TestMakerRenamed(t *testing.T) {
	t.Parallel()
	w := setup(t, "4.6")
	w.apply(w.plan("one", 2))
	w.patch("manufacturers", "acme", `{"slug": "acme-inc", "name": "Acme Inc"}`)
	p := w.stays(w.plan("one", 2))
	if len(p.Questions) != 1 || p.Questions[0].Objects[0] != "manufacturer:acme" || w.slugs("manufacturers") != "acme-inc" {
		t.Errorf("questions %+v, makers %s", p.Questions, w.slugs("manufacturers"))
	}
	w.team("defaults", "keep", `input.class == "shared"`)
	three := w.plan("one", 3)
	w.apply(three)
	w.law(three)
	if w.slugs("manufacturers") != "acme-inc" || w.slugs("device-types") != "leaf-48 server" {
		t.Errorf("makers %s, types %s", w.slugs("manufacturers"), w.slugs("device-types"))
	}
}

// TestTypeOfAnotherMakerNow has a person move a type to another maker: one question, and
// neither a second type nor a write.
func TestTypeOfAnotherMakerNow(t *testing.T) {
	t.Parallel()
	w := setup(t, "4.6")
	w.apply(w.plan("one", 2))
	w.post("dcim/manufacturers", `{"name": "Other", "slug": "other"}`)
	w.patch("device-types", "server", `{"manufacturer": {"slug": "other"}}`)
	w.asksAbout(w.plan("one", 3), "device_type:server")
	if w.slugs("device-types") != "leaf-48 server" {
		t.Errorf("types %s", w.slugs("device-types"))
	}
}

// TestNothingIsMadeForNothing holds that shared objects are made only along with an object
// that needs them.
func TestNothingIsMadeForNothing(t *testing.T) {
	t.Parallel()
	w := setup(t, "4.6")
	w.apply(w.plan("one", 2))
	w.team("guards", "deny", `input.kind == "device"; input.action == "create"`)
	w.stays(w.replanned(2, "  racks:", "      spare: {manufacturer: new, model: Spare, u: 1}\n  racks:"))
	if w.slugs("manufacturers") != "acme" {
		t.Errorf("makers %s", w.slugs("manufacturers"))
	}
}
