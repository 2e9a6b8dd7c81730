package engine_test

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/diet-project/diet/engine"
	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/generate"
	"github.com/diet-project/diet/mirror/kinds"
)

// words are what the plan language calls the kinds that plans own.
var words = map[string]string{
	"rack": "Racks", "power_feed": "PowerFeeds", "module": "Modules", "module_bay": "ModuleBays", "interface": "Interfaces",
	"console_port": "ConsolePorts", "console_server_port": "ConsoleServerPorts", "power_port": "PowerPorts",
	"power_outlet": "PowerOutlets", "cable": "Cables",
}

// TestCustomFieldsOfOwnedKinds holds that the plan language states custom fields of every kind that
// plans own, and says where.
func TestCustomFieldsOfOwnedKinds(t *testing.T) {
	t.Parallel()
	spec := reflect.TypeFor[generate.DefaultsSpec]()
	for _, k := range kinds.Standard().All() {
		if !k.IsOwned() || k.Name == "device" {
			continue
		}
		field, there := spec.FieldByName(words[k.Name])
		key, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		if at := "spec.defaults." + key + ".customFields"; !there || !strings.HasPrefix(generate.CustomFieldsAt(k.Name), at) {
			t.Errorf("%s: %q is not %s", k.Name, generate.CustomFieldsAt(k.Name), at)
		}
	}
}

// required makes custom fields that NetBox requires of kinds: need_<object type>.
func (w *world) required(types ...string) {
	for _, typ := range types {
		w.post("extras/custom-fields", fmt.Sprintf(`{"name": "need_%s", "type": "text", "required": true, "object_types": ["dcim.%[1]s"]}`, typ))
	}
}

// stating is the plan's defaults with the required fields of racks, interfaces and cables.
const stating = `defaults: {description: "one", racks: {customFields: {need_rack: "{rack}"}}, ` +
	`interfaces: {customFields: {need_interface: "{class} {n}"}}, cables: {customFields: {need_cable: NEED}}}`

// TestRequiredCustomFields states what an administrator requires of racks, interfaces and cables: a
// preview says where, an apply writes it, drift and a conflict are told as of any field.
func TestRequiredCustomFields(t *testing.T) {
	t.Parallel()
	w := setup(t, "4.7")
	w.required("rack", "interface", "cable")
	p := w.preview(w.plan("one", 2))
	for _, kind := range []string{"rack", "interface", "cable"} {
		if !holdsFinding(p.Findings, fmt.Sprintf("requires the custom field %q of %ss", "need_"+kind, kind), generate.CustomFieldsAt(kind)) {
			t.Errorf("nothing says that %ss need a field: %+v", kind, p.Findings)
		}
	}
	stated := strings.Replace(stating, "NEED", "first", 1)
	plan := w.replanned(2, `defaults: {description: "one"}`, stated)
	w.apply(plan)
	w.law(plan)
	if got := custom(w.object("interfaces", "web/web[2]/lom.eth0"))["need_interface"]; got != "web 2" {
		t.Errorf("the interface has %v", got)
	}
	w.edit("cables", "web/web[1]/lom.eth0~", `{"custom_fields": {"need_cable": "hers"}}`)
	w.sync()
	if f := fieldOf(w.preview(plan).Set(), "web/web[1]/lom.eth0~", "cf.need_cable"); f == nil || f.Class != change.Drift {
		t.Errorf("an edit is %+v", f)
	}
	next := w.replanned(2, `defaults: {description: "one"}`, strings.Replace(stating, "NEED", "second", 1))
	p = w.preview(next)
	if f := fieldOf(p.Set(), "web/web[1]/lom.eth0~", "cf.need_cable"); f == nil || f.Class != change.Conflict || f.Base != "first" {
		t.Errorf("a conflict is %+v", f)
	}
	w.answers(next, "web/web[1]/lom.eth0~", "cf.need_cable", "use_diet")
	w.apply(next)
	w.law(next)
	if got := custom(w.object("cables", "web/web[1]/lom.eth0~"))["need_cable"]; got != "second" {
		t.Errorf("the cable has %v", got)
	}
}

// TestCirclesUnderRequired frees cables that wait for each other's ports where NetBox takes no
// interface without a custom field: the temporary one has those of the port.
func TestCirclesUnderRequired(t *testing.T) {
	t.Parallel()
	w := setup(t, "4.6")
	w.required("interface")
	plan := w.replanned(6, `defaults: {description: "one"}`,
		`defaults: {description: "one", interfaces: {customFields: {need_interface: "{class} {n}"}}}`)
	w.apply(plan)
	cables := []string{"web/web[1]/lom.eth0~", "web/web[3]/lom.eth0~"}
	was := map[string]string{}
	for _, c := range cables {
		_, b := w.ends(c)
		was[c] = fmt.Sprint(w.object("cables", c)["id"], b)
	}
	w.answer("drift", "remediate")
	w.swappedAt(`, "custom_fields": {"need_interface": "spare"}`, cables...)
	result, _, err := w.eng.Apply(t.Context(), plan, engine.ApplyOptions{})
	if err != nil || len(result.Failed)+len(result.Deleted) > 0 || len(result.Updated) != 2 {
		t.Fatalf("%v, %+v", err, result)
	}
	w.unwound(cables, was)
	w.law(plan)
}

// TestRefusedCustomFields tells at preview of custom fields that NetBox would not take.
func TestRefusedCustomFields(t *testing.T) {
	t.Parallel()
	w := setup(t, "4.7")
	w.post("extras/custom-fields", `{"name": "cost", "type": "integer", "object_types": ["dcim.interface", "dcim.rack"]}`)
	p := w.preview(w.replanned(2, `defaults: {description: "one"}`,
		`defaults: {interfaces: {customFields: {cost: five}}, racks: {customFields: {cots: 5}}, cables: {customFields: {cost: 5}}}`))
	for _, text := range []string{
		`"cost" of interfaces, in 8 of them, the first web/dc.leaf[1]/1: it takes a whole number, not "five"`,
		`"cots" of racks, in 1 of them, the first web/rack:row[1]: NetBox has no custom field of that name`,
		`"cost" of cables, in 4 of them, the first web/web[1]/lom.eth0~: NetBox has no custom field of that name`,
	} {
		if !holdsFinding(p.Findings, text) {
			t.Errorf("nothing says %q: %+v", text, p.Findings)
		}
	}
	plan := w.replanned(2, `defaults: {description: "one"}`,
		`defaults: {interfaces: {customFields: {cost: 5}}, racks: {customFields: {cost: 5}}}`)
	w.apply(plan)
	w.law(plan)
}

// TestRequiredOfShared tells at preview of custom fields that NetBox requires of what the plan would make
// for everybody: no plan states those.
func TestRequiredOfShared(t *testing.T) {
	t.Parallel()
	w := setup(t, "4.7")
	w.required("site", "devicetype", "devicerole")
	plan := w.plan("one", 2)
	p := w.preview(plan)
	for _, text := range []string{
		`requires the custom field "need_site" of sites, and diet would make 1 without it, the first ams2: make them in NetBox`,
		`requires the custom field "need_devicetype" of device types, and diet would make`,
		`requires the custom field "need_devicerole" of device roles, and diet would make`,
	} {
		if !holdsFinding(p.Findings, text) {
			t.Errorf("nothing says %q: %+v", text, p.Findings)
		}
	}
	w.post("dcim/sites", `{"name": "ams2", "slug": "ams2", "custom_fields": {"need_site": "x"}}`)
	if holdsFinding(w.preview(plan).Findings, "need_site") {
		t.Error("a site that is there is told of")
	}
}

// TestCustomFieldLimits has a preview, and so validate --sync, tell values of custom fields that NetBox
// would refuse: what is in no set of choices, beyond a limit, of another form.
func TestCustomFieldLimits(t *testing.T) {
	t.Parallel()
	for _, version := range []string{"4.2", "4.7"} {
		t.Run(version, func(t *testing.T) {
			t.Parallel()
			w := setup(t, version)
			w.post("extras/custom-field-choice-sets", `{"name": "tiers", "extra_choices": [["gold", "Gold"], ["tin", "Tin"]]}`)
			for _, field := range []string{
				`{"name": "tier", "type": "select", "choice_set": {"name": "tiers"}`,
				`{"name": "tiers", "type": "multiselect", "choice_set": {"name": "tiers"}`,
				`{"name": "code", "type": "text", "validation_regex": "^[A-Z]{3}$"`,
				`{"name": "cost", "type": "integer", "validation_minimum": 10, "validation_maximum": 20`,
			} {
				w.post("extras/custom-fields", field+`, "object_types": ["dcim.rack", "dcim.interface"]}`)
			}
			w.sync()
			with := func(racks string) *generate.Plan {
				return w.replanned(2, `defaults: {description: "one"}`, `defaults: {racks: {customFields: {`+racks+`}}}`)
			}
			for stated, why := range map[string]string{
				"tier: golf":          `rack custom field tier "golf" (web/rack:row[1]; it takes a choice of the set "tiers")`,
				"tiers: [gold, iron]": `"[gold iron]"`,
				"code: abc":           "it takes what the pattern ^[A-Z]{3}$ matches",
				"cost: 9":             "it takes 10 at least", "cost: 21": "it takes 20 at most",
			} {
				var refused *engine.ChoiceError
				if _, err := w.eng.Preview(t.Context(), with(stated)); !errors.As(err, &refused) || !strings.Contains(err.Error(), why) {
					t.Errorf("%s: %v", stated, err)
				} else if hint := refused.Hint(); stated == "tier: golf" && !strings.Contains(hint, "gold") {
					t.Errorf("the hint is %q", hint)
				}
			}
			plan := with("tier: gold, tiers: [gold, tin], code: ABC, cost: 10")
			w.apply(plan)
			w.law(plan)
		})
	}
}

// holdsFinding reports whether a finding has all the texts.
func holdsFinding(list []change.Notice, texts ...string) bool {
	for _, n := range list {
		all := true
		for _, text := range texts {
			all = all && strings.Contains(n.Message, text)
		}
		if all {
			return true
		}
	}
	return false
}
