package main

import (
	"strings"

	"github.com/diet-project/diet/engine/change"
)

// Checks that plays share. The device that people edit is web-001.
const (
	ours = `holds devices web/web[1] description two
holds devices web/web[1] base.description two`
	hers     = `holds devices web/web[1] description hers`
	released = hers + `
holds devices web/web[1] released.description.why .*REASON.*`
)

const hand = `person PATCH /api/dcim/devices/{{devices:web-001}}/ '{"description":"hers"}'`

// foreign is a device that a person makes, of a type, at a unit.
func foreign(name, kind, unit string) string {
	return `person POST /api/dcim/devices/ '{"name":"` + name + `","site":{{sites:ams2}},"role":{{device-roles:server}},` +
		`"device_type":{{device-types:` + kind + `}},"rack":{{racks:row-01}},"position":` + unit + `,"face":"front"}'`
}

// twin is a device that bears the id of ours.
const twin = `person POST /api/dcim/devices/ '{"name":"copy","site":{{sites:ams2}},"role":{{device-roles:server}},` +
	`"device_type":{{device-types:server}},"changelog_message":"diet run-0a1b2c3d/7",` +
	`"custom_fields":{"diet_managed":true,"diet_plan_id":"web","diet_object_id":"web/web[2]",` +
	`"diet_managed_fields":{"v":4,"plan":"web","object":"web/web[2]","base":{}}}}'`

// foreignOf is one that another plan owns.
func foreignOf(name, kind, unit string) string {
	return strings.Replace(foreign(name, kind, unit), `"position"`, `"custom_fields":{"diet_managed":true,"diet_plan_id":"other",`+
		`"diet_object_id":"other/db[1]","diet_managed_fields":{"v":4,"plan":"other","object":"other/db[1]","base":{}}},"position"`, 1)
}

const three = "count: 2=>count: 3"

// plays are by class, and what is taken; a word after that tells more plays of a class.
var plays = map[change.Class]play{
	"conflict": {
		to: "description: one=>description: two", person: hand,
		checks: map[string]string{"use_diet": ours, "use_user": hers, "approve": hers, "unmanage": released, "acknowledge": hers},
	},
	"drift": {
		from: "description: one=>description: two", to: "description: one=>description: two", person: hand,
		asks: `input.class == "drift"`,
		checks: map[string]string{
			"use_diet": ours, "use_user": hers, "acknowledge": hers, "unmanage": released,
			"approve": hers, // the strictest of what the team's rule and diet's own come to
		},
	},
	"planned": {
		to: "description: one=>description: two", asks: `input.class == "planned"`,
		checks: map[string]string{
			"use_diet": ours, "approve": ours, "use_user": "holds devices web/web[1] description one",
			"unmanage": "holds devices web/web[1] released.description.why .*REASON.*",
		},
	},
	"new": {
		from: "  defaults: {description: one}\n=>", to: "description: one=>description: two",
		asks: `input.class == "new"; input.action == "update"`,
		checks: map[string]string{
			"use_diet": ours, "approve": ours, "use_user": "holds devices web/web[1] description ''",
			"unmanage": "holds devices web/web[1] released.description.why .*REASON.*",
		},
	},
	"agreed": {
		from: "  defaults: {description: one}\n=>", to: "description: one=>description: hers", person: hand, asks: `input.class == "agreed"`,
		checks: map[string]string{
			"use_diet": "holds devices web/web[1] base.description hers", "approve": "holds devices web/web[1] base.description hers",
			"use_user": "! holds devices web/web[1] base.description hers",
		},
	},
	"converged": {
		to: "description: one=>description: hers", person: hand, asks: `input.class == "converged"`,
		checks: map[string]string{
			"use_diet": "holds devices web/web[1] base.description hers", "approve": "holds devices web/web[1] base.description hers",
			"use_user": "holds devices web/web[1] base.description one",
		},
	},
	"relinquished": {
		to: "  defaults: {description: one}\n=>", asks: `input.class == "relinquished"`,
		checks: map[string]string{
			"use_diet": "! holds devices web/web[1] base.description one", "approve": "! holds devices web/web[1] base.description one",
			"use_user": "holds devices web/web[1] base.description one",
		},
	},
	"missing": {
		person: `person DELETE /api/dcim/devices/{{devices:web-002}}/`,
		checks: map[string]string{
			"recreate": "holds devices web/web[2] name web-002", "use_diet": "holds devices web/web[2] name web-002",
			"approve": "holds devices web/web[2] name web-002",
			"release": gone, "use_user": gone, "skip": gone, "acknowledge": gone,
		},
	},
	"orphaned": {
		to: "count: 2=>count: 1",
		checks: map[string]string{
			"force_delete": "absent devices web-002", "approve": "absent devices web-002",
			"orphan": "unowned devices web-002", "skip": "holds devices web/web[2] name web-002",
		},
	},
	"exists": {
		to: three, person: foreign("web-003", "server", "5"),
		checks: map[string]string{
			"adopt":           "holds devices web/web[3] name web-003\nabsent devices web-003-manual",
			"approve":         "holds devices web/web[3] name web-003\nunowned devices web-003-manual",
			"rename_existing": "holds devices web/web[3] name web-003\nunowned devices web-003-manual",
			"skip":            "unowned devices web-003",
		},
	},
	"exists/place": {
		to: three, person: foreign("db", "server", "3"),
		checks: map[string]string{
			"adopt": "holds devices web/web[3] name db", "approve": "unowned devices db", "skip": "unowned devices db",
		},
	},
	"blocked": {
		to: three, person: foreign("web-003", "leaf-8", "5"),
		checks: map[string]string{
			"adopt":           "holds devices web/web[3] name web-003\nabsent devices web-003-manual",
			"rename_existing": "holds devices web/web[3] name web-003\nunowned devices web-003-manual",
			"approve":         "unowned devices web-003", "skip": "unowned devices web-003",
		},
	},
	"blocked/place": {
		to: three, person: foreign("db", "leaf-8", "3"),
		checks: map[string]string{"approve": "unowned devices db", "skip": "unowned devices db"},
	},
	"blocked/port": {
		to: three,
		person: `person POST /api/dcim/cables/ '{"a_terminations":[{"object_type":"dcim.interface","object_id":{{interfaces:E1/3}}}],` +
			`"b_terminations":[{"object_type":"dcim.interface","object_id":{{interfaces:E1/4}}}]}'`,
		checks: map[string]string{
			"adopt":   "holds cables web/web[3]/lom.eth0~ custom_fields.diet_plan_id web",
			"approve": "holds devices web/web[3] name web-003", "skip": "holds devices web/web[3] name web-003",
		},
	},
	"identity": {
		to:     "description: one=>description: two",
		person: `person PATCH /api/dcim/devices/{{devices:web-002}}/ '{"custom_fields":{"diet_object_id":"web/web[22]"}}'`,
		checks: map[string]string{
			"restore": "holds devices web/web[2] description two",
			"adopt":   "holds devices web/web[2] name web-002",
			"skip":    "holds devices web/web[22] description one", "approve": "holds devices web/web[22] description one",
		},
	},
	"identity/id": {
		config: "actors: {diet: [maria]}", // the copy bears a record that nobody else wrote
		person: twin,
		object: "device:{{devices:web-002}}",
		checks: map[string]string{
			"adopt": "holds devices web/web[2] name web-002\nunowned devices copy",
			"skip":  "named devices copy name copy", "approve": "named devices copy name copy",
		},
	},
	"identity/copy": { // all of it waits until the original gives way: engine's TestCopyIsTakenOver goes on
		person: twin,
		object: "device:{{devices:copy}}",
		checks: map[string]string{
			"orphan": "holds devices web/web[2] name web-002\nunowned devices copy", "approve": "unowned devices copy",
			"adopt": "holds devices web/web[2] name web-002\nnamed devices copy name copy", "skip": "named devices copy name copy",
		},
	},
	"identity/id whole": { // adopt names one of them
		config: "actors: {diet: [maria]}",
		person: twin,
		checks: map[string]string{"skip": "named devices copy name copy"},
		never:  []string{"adopt"},
	},
	"blocked of another plan, of the same type": {
		to: three, person: foreignOf("web-003", "server", "5"),
		checks: map[string]string{"skip": "holds devices other/db[1] name web-003"},
		never:  []string{"adopt", "rename_existing", "approve"},
	},
	"blocked of another plan": {
		to: three, person: foreignOf("web-003", "leaf-8", "5"),
		checks: map[string]string{"skip": "holds devices other/db[1] name web-003"},
		never:  []string{"adopt", "rename_existing", "approve"},
	},
	"blocked/place of another plan": {
		to: three, person: foreignOf("db", "server", "3"),
		checks: map[string]string{"skip": "holds devices other/db[1] name db"},
		never:  []string{"adopt", "rename_existing", "approve"},
	},
	"in_sync, the whole": {
		command: "diet resolve plan.yaml --object web/web[2] --answer WORD --reason REASON",
		checks:  map[string]string{"unmanage": "holds devices web/web[2] custom_fields.diet_managed false"},
		never:   []string{"approve"},
	},
	"shared": {
		to:     three,
		person: `person PATCH /api/dcim/device-roles/{{device-roles:server}}/ '{"name":"Node","slug":"node"}'`,
		checks: map[string]string{
			"keep":     "holds devices web/web[3] role.slug node\nabsent device-roles server",
			"approve":  "holds devices web/web[3] role.slug node\nabsent device-roles server",
			"skip":     "absent device-roles server\nabsent devices web-003",
			"use_name": "holds devices web/web[1] role.slug server\nholds devices web/web[3] role.slug server",
		},
	},
	"unmanaged": {
		to:     "description: one=>description: two",
		person: `person PATCH /api/dcim/devices/{{devices:web-002}}/ '{"custom_fields":{"diet_managed":false}}'`,
		asks:   `input.class == "unmanaged"`,
		checks: map[string]string{"adopt": "holds devices web/web[2] description two"},
		never:  []string{"approve"}, // no rule recommends anything
	},
	"absent": {
		to: three, asks: `input.class == "absent"; input.kind == "device"`,
		checks: map[string]string{
			"approve": "holds devices web/web[3] name web-003", "skip": "absent devices web-003", "release": "absent devices web-003",
		},
	},
	"changed": {
		to: "description: one=>description: two", asks: `input.class == "changed"; input.kind == "device"; input.name == "web-001"`,
		checks: map[string]string{
			"approve": ours, "skip": "holds devices web/web[1] description one",
			"unmanage": "holds devices web/web[1] description one\nholds devices web/web[1] custom_fields.diet_managed false",
		},
	},
	"native": {
		to: three, asks: `input.class == "native"`,
		checks: map[string]string{
			"approve": "holds interfaces web/dc.leaf[1]/3 name E1/3", "adopt": "holds interfaces web/dc.leaf[1]/3 name E1/3",
			"skip": "unowned interfaces E1/3",
		},
	},
	"in_sync": {
		command: "diet resolve plan.yaml --object web/web[1] --field description --answer WORD --reason REASON",
		checks:  map[string]string{"unmanage": "holds devices web/web[1] released.description.why .*REASON.*"},
		never:   []string{"approve"}, // nothing is asked
	},
	"released": {
		person: `exec diet resolve from.yaml --object web/web[1] --field description --answer unmanage --reason x
exec diet apply --yes from.yaml
rm resolutions.yaml`,
		to:      "description: one=>description: two",
		command: "diet resolve plan.yaml --object web/web[1] --field description --answer WORD --reason REASON",
		checks:  map[string]string{"adopt": ours},
		never:   []string{"approve"},
	},
	"run": {
		to:     "count: 2=>count: 1\ndeletionPolicy: warn=>deletionPolicy: delete, approveDeletionsAbove: 0",
		checks: map[string]string{"approve": "absent devices web-002"},
	},
}

const gone = "absent devices web-002"
