package release

import (
	"reflect"
	"slices"
	"testing"
)

// Each behaviour has a row that says what it means, and each row is used.
func TestBehaviourTable(t *testing.T) {
	rows := behaviourRows()
	fields := reflect.TypeFor[Behaviour]().NumField()
	if len(rows) != fields {
		t.Errorf("%d rows for %d behaviours", len(rows), fields)
	}
	var names []string
	for _, r := range rows {
		names = append(names, r.Name)
		if r.Means == "" {
			t.Errorf("%s means nothing", r.Name)
		}
		if r.Until != 0 && r.Since >= r.Until {
			t.Errorf("%s holds in no release", r.Name)
		}
	}
	if !slices.IsSorted(names) {
		t.Error("the rows are not sorted by name")
	}
}

func TestOf(t *testing.T) {
	for _, name := range Names {
		r, err := Of(name)
		if err != nil {
			t.Fatal(err)
		}
		if same, err := Of(r.Version.Full); err != nil || same != r {
			t.Errorf("%s: %v", r.Version.Full, err)
		}
		if "4."+string(rune('0'+r.Minor)) != name || r.API() != name {
			t.Errorf("%s is 4.%d, and API %s", name, r.Minor, r.API())
		}
		for path, end := range r.Endpoints {
			if end.Model == "" || end.Label == "" || len(end.Fields) == 0 {
				t.Errorf("%s: %s is not recorded whole", name, path)
			}
		}
	}
	if _, err := Of("3.7"); err == nil {
		t.Error("3.7 is known")
	}
}
