package diff_test

import (
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/engine/diff"
	"github.com/diet-project/diet/generate"
	"github.com/diet-project/diet/mirror"
	"github.com/diet-project/diet/mirror/mirrortest"
	sqlfile "github.com/diet-project/diet/sql"
)

// topology is one rack with one device of the given fields and one interface.
func topology(description *string) *generate.Topology {
	return &generate.Topology{
		Plan:        generate.PlanInfo{Key: "web"},
		Site:        generate.Site{Slug: "ams2", Name: "ams2"},
		DeviceTypes: []generate.DeviceType{{Slug: "server"}},
		Roles:       []generate.Role{{Slug: "server"}},
		Racks:       []generate.Rack{{ID: "web/rack:row[1]", Source: "rack:row", Name: "row-01", Units: 42}},
		Devices: []generate.Device{{
			ID: "web/web[1]", Source: "web", Name: "web-001", Type: "server", Role: "server", Status: "active",
			Rack: "web/rack:row[1]", Description: description,
		}},
	}
}

type object = map[string]any

// owned are the custom fields of an object of the plan.
func owned(id string, base object) object {
	return object{
		"diet_managed": true, "diet_plan_id": "web", "diet_object_id": id, "diet_source": "web",
		"diet_managed_fields": object{"v": 1, "base": base, "released": object{}},
	}
}

// seed fills a mirror with what the topology refers to, and with its device.
func seed(tb testing.TB, base object, description string) *mirror.DB {
	tb.Helper()
	return seedAt(tb, "", base, description)
}

// seedAt is seed with the path of the mirror.
func seedAt(tb testing.TB, path string, base object, description string) *mirror.DB {
	tb.Helper()
	db := mirrortest.OpenConfig(tb, mirror.Config{Path: path})
	ref := func(id int) object { return object{"id": id} }
	mirrortest.Seed(tb, db, "site", object{"id": 1, "slug": "ams2", "name": "ams2"})
	mirrortest.Seed(tb, db, "manufacturer", object{"id": 1, "slug": "acme", "name": "acme"})
	mirrortest.Seed(tb, db, "device_type",
		object{"id": 1, "slug": "server", "model": "Server", "manufacturer": ref(1), "u_height": 1.0, "is_full_depth": true})
	mirrortest.Seed(tb, db, "device_role", object{"id": 1, "slug": "server", "name": "Server", "color": "aaaaaa"})
	mirrortest.Seed(tb, db, "rack", object{
		"id": 1, "name": "row-01", "site": ref(1), "u_height": 42, "tags": []any{},
		"custom_fields": owned("web/rack:row[1]", object{"name": "row-01", "site": 1, "u_height": 42}),
	})
	if base != nil {
		mirrortest.Seed(tb, db, "device", object{
			"id": 1, "name": "web-001", "site": ref(1), "rack": ref(1), "device_type": ref(1), "role": ref(1), "description": description,
			"status": object{"value": "active", "label": "Active"}, "tags": []any{}, "custom_fields": owned("web/web[1]", base),
		})
	}
	return db
}

// TestClasses is the table of docs/architecture.md, The three-way diff, field by field.
func TestClasses(t *testing.T) {
	t.Parallel()
	a, b := "a", "b"
	for name, tt := range map[string]struct {
		base any // nil is unknown
		want *string
		have string
		out  change.Class // "" is in sync
	}{
		"in sync":                    {"a", &a, "a", ""},
		"planned":                    {"a", &b, "a", change.Planned},
		"drift":                      {"a", &a, "c", change.Drift},
		"converged":                  {"a", &b, "b", change.Converged},
		"conflict":                   {"a", &b, "c", change.Conflict},
		"new field":                  {nil, &b, "", change.New},
		"agreed":                     {nil, &b, "b", change.Agreed},
		"new field on another value": {nil, &b, "c", change.Conflict},
		"relinquished":               {"a", nil, "c", change.Relinquished},
		"nobody's":                   {nil, nil, "c", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			base := object{"name": "web-001", "site": 1, "rack": 1, "device_type": 1, "role": 1, "status": "active"}
			if tt.base != nil {
				base["description"] = tt.base
			}
			db := seed(t, base, tt.have)

			set, err := diff.Diff(t.Context(), db, topology(tt.want), diff.Told{})
			if err != nil {
				t.Fatal(err)
			}
			var got change.Class
			for _, c := range set.Changes {
				if c.Kind != "device" || len(c.Fields) != 1 || c.Fields[0].Name != "description" {
					t.Fatalf("unexpected change %+v", c)
				}
				got = c.Fields[0].Class
			}
			if got != tt.out {
				t.Errorf("class %q, want %q", got, tt.out)
			}
		})
	}
}

// TestObjects tells apart what exists on one side only.
func TestObjects(t *testing.T) {
	t.Parallel()
	base := object{"name": "web-001", "site": 1, "rack": 1, "device_type": 1, "role": 1, "status": "active"}
	t.Run("absent", func(t *testing.T) {
		t.Parallel()
		db := seed(t, nil, "")
		expect(t, db, topology(nil), "create device web/web[1] absent")
	})
	t.Run("orphaned", func(t *testing.T) {
		t.Parallel()
		db := seed(t, base, "")
		topo := topology(nil)
		topo.Devices = nil
		expect(t, db, topo, "delete device web/web[1] orphaned")
	})
	t.Run("exists", func(t *testing.T) {
		t.Parallel()
		db := seed(t, nil, "")
		mirrortest.Seed(t, db, "device", object{
			"id": 7, "name": "WEB-001", "site": object{"id": 1}, "device_type": object{"id": 1}, "role": object{"id": 1},
			"status": object{"value": "active"}, "tags": []any{}, "custom_fields": object{},
		})
		expect(t, db, topology(nil), "adopt device web/web[1] exists")
	})
	t.Run("another plan's is never adopted", func(t *testing.T) {
		t.Parallel()
		db := seed(t, nil, "")
		mirrortest.Seed(t, db, "device", object{
			"id": 7, "name": "web-001", "site": object{"id": 1}, "device_type": object{"id": 1}, "role": object{"id": 1},
			"status": object{"value": "active"}, "tags": []any{},
			"custom_fields": object{"diet_managed": true, "diet_plan_id": "other", "diet_object_id": "other/x[1]"},
		})
		expect(t, db, topology(nil), "create device web/web[1] blocked")
	})
	t.Run("a proposal", func(t *testing.T) {
		t.Parallel()
		db := seed(t, nil, "")
		mirrortest.Seed(t, db, "device", object{
			"id": 7, "name": "x", "site": object{"id": 1}, "device_type": object{"id": 1}, "role": object{"id": 1},
			"status": object{"value": "active"}, "tags": []any{},
			"custom_fields": object{"diet_managed": true, "diet_plan_id": "web", "diet_object_id": "web/web[1]"},
		})
		expect(t, db, topology(nil), "adopt device web/web[1] exists")
	})
	t.Run("marks taken off what an older diet wrote", func(t *testing.T) {
		t.Parallel()
		db := seed(t, nil, "")
		marks := owned("web/web[1]", base)
		marks["diet_object_id"] = nil
		mirrortest.Seed(t, db, "device", object{
			"id": 7, "name": "web-001", "site": object{"id": 1}, "device_type": object{"id": 1}, "role": object{"id": 1},
			"status": object{"value": "active"}, "tags": []any{}, "custom_fields": marks,
		})
		expect(t, db, topology(nil), "no-op device web/web[1] identity")
	})
	t.Run("marks that the record belies", func(t *testing.T) {
		t.Parallel()
		for shown, plan := range map[string]any{"web/web[2]": "web", "": "web", "web/web[1]": nil, "other/x[1]": "other"} {
			db := seed(t, nil, "")
			marks := owned("web/web[1]", base)
			record := marks["diet_managed_fields"].(object)
			record["v"], record["plan"], record["object"] = 2, "web", "web/web[1]"
			marks["diet_object_id"], marks["diet_plan_id"] = shown, plan
			mirrortest.Seed(t, db, "device", object{
				"id": 7, "name": "renamed", "site": object{"id": 1}, "device_type": object{"id": 1}, "role": object{"id": 1},
				"status": object{"value": "active"}, "tags": []any{}, "custom_fields": marks,
			})
			expect(t, db, topology(nil), "no-op device web/web[1] identity")
		}
	})
	t.Run("identity", func(t *testing.T) {
		t.Parallel()
		db := seed(t, base, "")
		mirrortest.Seed(t, db, "device", object{
			"id": 7, "name": "web-001-copy", "site": object{"id": 1}, "device_type": object{"id": 1}, "role": object{"id": 1},
			"status": object{"value": "active"}, "tags": []any{}, "custom_fields": owned("web/web[1]", base),
		})
		expect(t, db, topology(nil), "no-op device web/web[1] identity")
	})
}

func expect(t *testing.T, db *mirror.DB, topo *generate.Topology, want string) {
	t.Helper()
	set, err := diff.Diff(t.Context(), db, topo, diff.Told{})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, c := range set.Changes {
		got = append(got, fmt.Sprintf("%s %s %s %s", c.Action, c.Kind, c.Object, c.Class))
	}
	if fmt.Sprint(got) != fmt.Sprint([]string{want}) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// TestMissingShared names all that must exist and does not, at once.
func TestMissingShared(t *testing.T) {
	t.Parallel()
	topo := topology(nil)
	topo.DeviceTypes[0].Slug = "nosuch"
	topo.Roles[0].Slug = "nothing"
	topo.Site.Region = "emea"
	set, err := diff.Diff(t.Context(), seed(t, nil, ""), topo, diff.Told{})
	if err != nil {
		t.Fatal(err)
	}
	var got, warned []string
	for _, n := range set.Findings {
		if n.Severity == change.Error {
			got = append(got, n.Objects...)
		} else {
			warned = append(warned, n.Message)
		}
	}
	if want := []string{"device_role:nothing", "device_type:nosuch"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if told := strings.Join(warned, "\n"); !strings.Contains(told, "emea") { // the site is there, in whatever region
		t.Errorf("of the region it says %q", told)
	}
}

// TestTerminationsAreLookedUp makes sure that what looks for cables by their ports
// finds them by the index, whole: by type alone, a diff would take the square of the
// cables.
func TestTerminationsAreLookedUp(t *testing.T) {
	t.Parallel()
	db := mirrortest.Open(t)
	termination := db.Kinds().Must("cable_termination")
	field, _ := termination.Field("termination_id")
	for _, st := range []sqlfile.Statement{
		db.Statements().Get("query/cable_natural"), db.Statements().Get("query/cable_blocker"),
		db.Statements().ForField("query/referrer", termination, field),
	} {
		var plan []struct {
			ID, Parent, NotUsed int
			Detail              string
		}
		if err := db.SQL().SelectContext(t.Context(), &plan, "EXPLAIN QUERY PLAN "+st.Text,
			sql.Named("ids", "[1]"), sql.Named("objects", "[]"), sql.Named("type", "dcim.interface")); err != nil {
			t.Fatalf("%s: %v", st.Name, err)
		}
		for _, step := range plan {
			if strings.Contains(step.Detail, "(termination_type=?)") || strings.Contains(step.Detail, "SCAN t") {
				t.Errorf("%s: %s", st.Name, step.Detail)
			}
		}
	}
}
