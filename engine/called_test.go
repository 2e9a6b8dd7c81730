package engine_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/diet-project/diet/engine"
)

// TestObjectsByTheirNames finds what is there, and in sync, by its diet id, its kind and NetBox id,
// and its name, for why and for answers; what is there otherwise is told, and what was meant.
func TestObjectsByTheirNames(t *testing.T) {
	t.Parallel()
	w := setup(t, "4.6")
	plan := w.planned(fmt.Sprintf(small, "one", 2))
	w.apply(plan)
	w.edit("devices", "web/web[2]", `{"name": "hers"}`)
	w.sync()
	rack := w.object("racks", "web/rack:row[1]")
	device := w.object("devices", "web/web[1]")
	cable := w.object("cables", "web/web[1]/lom.eth0~")
	for said, want := range map[string]string{
		fmt.Sprint("rack:", rack["id"]): "web/rack:row[1]", fmt.Sprint(rack["name"]): "web/rack:row[1]",
		fmt.Sprint("device:", device["id"]): "web/web[1]", fmt.Sprint(device["name"]): "web/web[1]",
		fmt.Sprint("cable:", cable["id"]): "web/web[1]/lom.eth0~", "hers": "web/web[2]", "web/web[2]": "web/web[2]",
	} {
		if x, err := w.eng.Why(t.Context(), plan, said, ""); err != nil || x.Object != want {
			t.Errorf("%s: %+v, %v, want %s", said, x, err, want)
		}
	}
	if x, err := w.eng.Why(t.Context(), plan, "hers", "name"); err != nil || len(x.Reasons) != 1 {
		t.Errorf("%+v, %v", x, err)
	}
	w.post("dcim/devices", fmt.Sprintf(`{"name": "db", "site": %v, "role": %v, "device_type": %v}`,
		device["site"].(map[string]any)["id"], device["role"].(map[string]any)["id"], device["device_type"].(map[string]any)["id"]))
	w.sync()
	for said, want := range map[string]string{
		"lom-eth0":   "several objects of plan web are called lom-eth0: web/web[1]/lom.eth0, web/web[2]/lom.eth0",
		"web/wbe[1]": "did you mean web/web[1]?", "device:99": "the mirror has no device:99",
		fmt.Sprint("device:", w.named("devices", "db")["id"]): "no plan owns it",
	} {
		if _, err := w.eng.Why(t.Context(), plan, said, ""); !errors.Is(err, engine.ErrNothingToAnswer) || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", said, err, want)
		}
	}
	w.answers(plan, fmt.Sprint(device["name"]), "", "unmanage")
	w.apply(plan)
	if got := custom(w.object("devices", "web/web[1]"))["diet_managed"]; got != false {
		t.Errorf("diet_managed is %v", got)
	}
	w.law(plan)
}

func custom(o map[string]any) map[string]any {
	fields, _ := o["custom_fields"].(map[string]any)
	return fields
}
