package policy_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/diet-project/diet/engine/policy"
)

// TestRuleNeverFires finds rules of which no change can have all that they say, and says where.
func TestRuleNeverFires(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ text, want string }{
		"reference's kind":     {body(`input.references[_].kind == "ipaddress"`, ""), "did you mean ip_address?"},
		"its kind by variable": {body("some r in input.references\nr.kind == \"ip_addrs\"", ""), `"ip_addrs" is not a value of`},
		"its kind in a set":    {body("some r in input.references\nr.kind in {\"cabel\", \"tag\"}", ""), "did you mean cable?"},
		"edit's kind":          {body(`input.edited[_].kind == "customfield"`, ""), "did you mean custom_field?"},
		"other's kind":         {body(`input.other.kind == "devcie"`, ""), "did you mean device?"},
		"count of a kind":      {body(`input.cascade.devcie > 0`, ""), `input.cascade has no key "devcie"; did you mean device?`},
		"owned of a kind":      {body(`input.run.owned["rakc"] > 0`, ""), "did you mean rack?"},
		"count by variable":    {body("k := \"rakc\"\ninput.run.counts[k].delete > 0", ""), "did you mean rack?"},
		"count of an action":   {body(`input.run.counts.device.remove > 0`, ""), `input.run.counts.device has no key "remove"`},
		"field of an object": {
			body("input.class == \"orphaned\"\ninput.field == \"name\"", ""),
			`a.rego:11: input.field == "name" never holds here: input.field is "", in the class orphaned`,
		},
		"action of a class": {
			body("input.class == \"missing\"\ninput.action == \"delete\"", ""), `input.action is "create", in the class missing`,
		},
		"action of an orphan":     {body("input.class == \"orphaned\"\ninput.action in {\"create\", \"update\"}", ""), "never holds here"},
		"action of what is asked": {body("input.class == \"shared\"\ninput.action == \"update\"", ""), `input.action is "no-op"`},
		"id without its plan":     {body("input.class == \"orphaned\"\ninput.object == \"web[1]\"", ""), "never holds here"},
		"ids without their plan":  {body("input.object in {\"web[1]\", \"web[2]\"}", ""), "never holds here"},
		"no field of a field":     {body("input.class == \"drift\"\ninput.field == \"\"", ""), "never holds here"},
		"field not empty":         {body("input.class == \"missing\"\ninput.field != \"\"", ""), "never holds here"},
		"field of the run":        {body("input.class == \"run\"\ninput.field == \"name\"", ""), "never holds here"},
		"key of objects": {
			body("input.class == \"drift\"\ncount(input.references) > 0", ""),
			"input.references is never there, in the class drift",
		},
		"key of objects, var": {body("input.class == \"drift\"\nsome r in input.references\nr.kind == \"tag\"", ""), "never there"},
		"key of fields":       {body("input.class == \"orphaned\"\ninput.flap.times > 2", ""), "input.flap.times is never there"},
		"value of an object":  {body("input.class == \"missing\"\ninput.have == \"x\"", ""), "input.have is null"},
		"key of the run":      {body("input.class == \"absent\"\ninput.question == \"x\"", ""), "input.question is never there"},
		"object of the run":   {body("input.class == \"run\"\ninput.before.name == \"x\"", ""), "input.before.name is never there"},
		"kind of the run":     {body("input.class == \"run\"\ninput.kind == \"device\"", ""), `input.kind is "run"`},
		"run of a kind":       {body("input.kind == \"run\"\ninput.class == \"drift\"", ""), "never holds here"},
		"two kinds": {
			body("input.kind == \"device\"\ninput.kind == \"rack\"", ""),
			`a.rego:11: input.kind == "rack" never holds here: input.kind is "device"`,
		},
		"kind and not it":      {body("input.kind != \"device\"\ninput.kind == \"device\"", ""), "never holds here"},
		"kind and negated":     {body("not input.kind == \"device\"\ninput.kind == \"device\"", ""), "never holds here"},
		"two names":            {body("input.name == \"a\"\ninput.name == \"b\"", ""), `input.name is "a"`},
		"name and its prefix":  {body("input.name == \"a\"\nstartswith(input.name, \"b\")", ""), "never holds here"},
		"two sets":             {body("input.kind in {\"device\"}\ninput.kind in {\"rack\", \"cable\"}", ""), "never holds here"},
		"two through variable": {body("k := input.kind\nk == \"device\"\ninput.kind == \"rack\"", ""), "never holds here"},
		"two through a rule":   {body("_device\ninput.kind == \"rack\"", `_device if input.kind == "device"`), "never holds here"},
		"two through rules": {
			body("_node\ninput.kind == \"rack\"", "_node if input.kind == \"device\"\n\n_node if input.kind == \"interface\""),
			"never holds here",
		},
		"two through function": {body("_is(input.kind)\ninput.kind == \"rack\"", `_is(k) if k == "device"`), "never holds here"},
		"two in a helper":      {body("_both", "_both if {\n\tinput.kind == \"device\"\n\tinput.kind == \"rack\"\n}"), "never holds here"},
		"two of one reference": {body("some r in input.references\nr.kind == \"tag\"\nr.kind == \"cable\"", ""), "never holds here"},
		"two of one index": {
			body("some i\ninput.references[i].kind == \"tag\"\ninput.references[i].kind == \"cable\"", ""),
			"never holds here",
		},
		"two statuses":      {body("input.before.status == \"active\"\ninput.before.status == \"planned\"", ""), "never holds here"},
		"two ranges":        {body("input.run.deletions > 5\ninput.run.deletions < 3", ""), "input.run.deletions is at least 6"},
		"neighbours":        {body("input.run.deletions > 5\ninput.run.deletions < 6", ""), "never holds here"},
		"times":             {body("input.now >= \"2027\"\ninput.now < \"2026\"", ""), "never holds here"},
		"below nothing":     {body(`input.run.deletions < 0`, ""), "never holds here"},
		"fewer than none":   {body(`count(input.references) < 0`, ""), "never holds here"},
		"prefix of no kind": {body(`startswith(input.kind, "devv")`, ""), "never holds here"},
		"prefix of no kind, through": {
			body(`_is(input.kind)`, `_is(k) if startswith(k, "devv")`), "never holds here",
		},
		"suffix":             {body(`endswith(input.class, "phan")`, ""), "never holds here"},
		"part":               {body(`contains(input.class, "orphand")`, ""), "never holds here"},
		"pattern of no kind": {body(`regex.match("^devv", input.kind)`, ""), "never holds here"},
		"glob of no kind":    {body(`glob.match("devv*", [], input.kind)`, ""), "never holds here"},
		"case of a kind":     {body(`upper(input.kind) == "device"`, ""), "never holds here"},
		"case of a name":     {body(`lower(input.name) == "Web"`, ""), "never holds here"},
		"case in a set":      {body(`lower(input.name) in {"Web", "DB"}`, ""), "never holds here"},
		"two words":          {body(`sprintf("%s/%s", [input.kind, input.action]) == "device/remove"`, ""), "never holds here"},
		"number and text": {
			body(`input.run.deletions > "5"`, ""),
			`a.rego:10: this compares input.run.deletions, a number, with "5", text`,
		},
		"count and text":     {body(`count(input.references) > "3"`, ""), "a number, with"},
		"text and number":    {body(`input.now > 2027`, ""), "text, with 2027, a number"},
		"number variable":    {body("n := input.run.deletions\nn >= \"5\"", ""), "a number, with"},
		"position and text":  {body(`input.before.position > "20"`, ""), "a number or null, with"},
		"truth and text":     {body(`startswith(input.name, "a") == "true"`, ""), "true or false, with"},
		"flag and text":      {body(`input.protected == "true"`, ""), "true or false"},
		"time and text":      {body(`time.parse_rfc3339_ns(input.now) > "2027-01-01"`, ""), "a number, with"},
		"text among numbers": {body(`input.run.deletions in {"5", "6"}`, ""), "never holds here"},
		"flag that is false": {body(`input.protected == false`, ""), "never holds here: input.protected is true"},
		"list that is empty": {body(`count(input.references) == 0`, ""), "never holds here"},
		"list as it is":      {body(`input.references == []`, ""), "never holds here"},
		"not there as null":  {body(`input.blame == null`, ""), "an object, with null"},
		"text that is empty": {body(`input.source == ""`, ""), "never holds here"},
		"among nothing":      {body(`input.kind in set()`, ""), "never holds here"},
		"over nothing":       {body("some x in []\ninput.name == x", ""), "[] is empty"},
		"false":              {body("input.kind == \"device\"\nfalse", ""), "false never holds here"},
		"constants":          {body("x := 3\nx > 4", ""), "never holds here"},
		"broken pattern":     {body(`regex.match("(", input.name)`, ""), `a.rego:10: regex.match has no value with "(": `},
		"pattern of a rule":  {body(`regex.match(_pattern, input.name)`, `_pattern := "[a"`), "regex.match has no value with"},
		"pattern negated": {
			body("_ok\nnot _bad", "_ok if input.kind == \"device\"\n\n_bad if regex.match(\"a**\", input.name)"),
			"regex.match has no value",
		},
		"broken glob": {body(`glob.match("[", [], input.name)`, ""), "glob.match has no value with"},
		"time": {
			body(`time.parse_rfc3339_ns(input.now) > time.parse_rfc3339_ns("2027-01-01")`, ""),
			"time.parse_rfc3339_ns has no value",
		},
		"duration": {
			body(`time.parse_rfc3339_ns(input.now) > time.parse_duration_ns("5 days")`, ""),
			"time.parse_duration_ns has no value",
		},
		"zone": {
			body("[h, _, _] := time.clock([time.parse_rfc3339_ns(input.now), \"Europe/Berlni\"])\nh > 8", ""),
			"time.clock has no value",
		},
		"network": {body(`net.cidr_contains("10.0.0/8", input.name)`, ""), "net.cidr_contains has no value"},
		"weekday": {body(`time.weekday(time.parse_rfc3339_ns(input.now)) == "saturday"`, ""), "never holds here"},
		"weekdays": {
			body("day := time.weekday(time.parse_rfc3339_ns(input.now))\nday in {\"Sat\", \"Sun\"}", ""),
			"never holds here",
		},
		"hour":  {body("[h, _, _] := time.clock(time.parse_rfc3339_ns(input.now))\nh >= 24", ""), "never holds here"},
		"month": {body(`time.date(time.parse_rfc3339_ns(input.now))[1] == 13`, ""), "never holds here"},
		"face":  {body(`input.before.face == "frnt"`, ""), "did you mean front?"},
		"key of a reference": {
			body(`input.before.site.slug == "ams1"`, ""),
			"a.rego:10: input.before.site is text or null, and has no keys",
		},
		"key of a choice":       {body(`input.before.status.value == "planned"`, ""), "input.before.status is text or null, and has no keys"},
		"key by object.get":     {body(`object.get(input, ["before", "rack", "name"], "") == "r1"`, ""), "input.before.rack is text or null"},
		"key by variable":       {body("d := input.after\nd.rack.name == \"server\"", ""), "is text or null, and has no keys"},
		"key of the other side": {body(`input.after.tenant.slug != input.before.tenant.slug`, ""), "has no keys"},
		"key of the kind":       {body(`input.kind.name == "device"`, ""), "input.kind is text, and has no keys"},
		"key of the host":       {body(`input.before.part_of.site.name == "x"`, ""), "input.before.part_of.site is text or null"},
		"host's key":            {body(`input.before.part_of.sites == "x"`, ""), "did you mean site?"},
		"after a deletion":      {body("input.class == \"orphaned\"\n\"pci\" in input.after.tags", ""), "input.after.tags is never there"},
		"before a creation":     {body("input.class == \"absent\"\ninput.before.role == \"x\"", ""), "input.before.role is never there"},
		"before it is back":     {body("input.class == \"missing\"\ninput.before.role == \"x\"", ""), "input.before.role is never there"},
		"field of another kind": {
			body("input.kind == \"cable\"\ninput.field == \"name\"", ""),
			`a.rego:11: input.field == "name" never holds here: no cable has such a field`,
		},
		"kind of another field": {body("input.field == \"position\"\ninput.kind in {\"cable\", \"interface\"}", ""), "never holds here"},
		"position as text":      {body(`input.before.position == "5"`, ""), "a number or null, with"},
		"wanted as text": {
			body("input.field == \"position\"\ninput.want == \"5\"", ""), "never holds here: input.want is a number or null",
		},
		"had as text":    {body("input.have == \"5\"\ninput.field == \"position\"", ""), "never holds here"},
		"truth as text":  {body("input.field == \"enabled\"\ninput.base == \"true\"", ""), "input.base is true or false or null"},
		"unit":           {body(`input.after.length_unit == "meter"`, ""), `"meter" is not a value of`},
		"number in data": {body("input.run.deletions > data.team.most", ""), "a number, with"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := team(t, "a.rego", test.text)
			if strings.Contains(test.text, "data.team") {
				dir = team(t, "a.rego", test.text, "data.yaml", "team: {most: \"5\"}\n")
			}
			_, err := policy.New(t.Context(), words(dir))
			var refused *policy.Error
			if !errors.As(err, &refused) || !strings.Contains(err.Error(), test.want) || refused.Line == 0 || refused.Advice == "" ||
				!strings.HasSuffix(refused.File, "a.rego") {
				t.Errorf("got %v, want %q with its place and a hint", err, test.want)
			}
		})
	}
}

// TestRuleMayFire accepts rules of which some change may have all that they say.
func TestRuleMayFire(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"classes and a field": body("input.class in {\"orphaned\", \"drift\"}\ninput.field == \"name\"", ""),
		"two references":      body("input.references[_].kind == \"tag\"\ninput.references[_].kind == \"cable\"", ""),
		"two named":           body("some a in input.references\nsome b in input.references\na.kind == \"tag\"\nb.kind == \"cable\"", ""),
		"two indexes":         body("some i, j\ninput.references[i].kind == \"tag\"\ninput.references[j].kind == \"cable\"", ""),
		"plugin's model":      body(`input.references[_].kind == "netbox_dns.record"`, ""),
		"comments":            body(`input.edited[_].kind in {"comments", "tag", "custom_field"}`, ""),
		"own status":          body(`input.before.status == "in_quarantine"`, ""),
		"label":               body(`input.plan.labels.enviroment == "production"`, ""),
		"either": body(
			"_either\ninput.kind == \"rack\"",
			"_either if input.kind == \"device\"\n\n_either if input.kind == \"rack\"",
		),
		"else": body(
			"_either\ninput.kind == \"rack\"",
			"_either if {\n\tinput.kind == \"device\"\n} else if {\n\tinput.kind == \"rack\"\n}",
		),
		"negated helper":         body("not _device\ninput.kind == \"rack\"", `_device if input.kind == "device"`),
		"negated kind":           body("not input.kind == \"device\"\ninput.kind == \"rack\"", ""),
		"negated, not there":     body("not input.protected\ninput.class == \"orphaned\"", ""),
		"negated key of another": body("input.class == \"drift\"\nnot input.references", ""),
		"negated text":           body("input.class == \"orphaned\"\nnot input.source == \"gpu\"", ""),
		"switch":                 body("_on\ninput.kind == \"device\"", "_on := false"),
		"switch in data":         body("data.team.on\ninput.kind == \"device\"", ""),
		"list in data":           body("input.source in data.team.none\ninput.kind == \"device\"", ""),
		"function twice":         body("_is(input.kind, \"device\")\n_is(input.class, \"drift\")", "_is(a, b) if a == b"),
		"function of two rules":  body("_in(input.kind)\ninput.kind == \"rack\"", "_in(k) if k == \"device\"\n\n_in(k) if k == \"rack\""),
		"comprehension":          body("kinds := {r.kind | some r in input.references}\n\"tag\" in kinds\n\"cable\" in kinds", ""),
		"shadowed in one":        body("xs := [x | x := \"a\"; input.name == x]\ncount(xs) == 0\nsome x in input.differs\nx == \"b\"", ""),
		"every":                  body("every t in input.before.tags { t != \"pci\" }", ""),
		"every of two":           body("every t in input.before.tags {\n\tt == \"a\"\n\tt == \"b\"\n}", ""),
		"range":                  body("input.run.deletions > 5\ninput.run.deletions < 7\ninput.run.deletions != 4", ""),
		"share":                  body("input.run.owned.device > 0\n100 * input.run.counts.device.delete > 10 * input.run.owned.device", ""),
		"time":                   body("input.now > \"2027\"\ninput.now < \"2028\"", ""),
		"time as number":         body("now := time.parse_rfc3339_ns(input.now)\nnow > time.parse_rfc3339_ns(\"2027-01-01T00:00:00Z\")", ""),
		"weekend": body(
			"time.weekday([time.parse_rfc3339_ns(input.now), \"Europe/Berlin\"]) in {\"Saturday\", \"Sunday\"}",
			"",
		),
		"office hours":            body("[h, _, _] := time.clock(time.parse_rfc3339_ns(input.now))\nh >= 8\nh < 17", ""),
		"December":                body("[_, m, d] := time.date(time.parse_rfc3339_ns(input.now))\nm == 12\nd > 20", ""),
		"lower":                   body(`lower(input.name) == "web"`, ""),
		"upper kind":              body(`upper(input.kind) == "DEVICE"`, ""),
		"pattern":                 body(`regex.match("^(web|db)-[0-9]+$", input.name)`, ""),
		"pattern by key":          body(`regex.match(input.source, input.name)`, ""),
		"glob":                    body(`glob.match("web-*", [], input.name)`, ""),
		"network":                 body(`net.cidr_contains("10.0.0.0/8", input.name)`, ""),
		"prefix of a tag":         body(`startswith(input.field, "tag.pc")`, ""),
		"suffix of a field":       body(`endswith(input.field, "_zone")`, ""),
		"null":                    body("input.class == \"drift\"\ninput.have == null", ""),
		"null in the object":      body(`input.before.tenant == null`, ""),
		"value of any type":       body("input.want > 5", ""),
		"split":                   body("parts := split(input.object, \"/\")\nparts[0] == \"web\"\nparts[1] == \"rack\"", ""),
		"walked":                  body("walk(input.plan, [path, value])\nvalue == \"x\"\ncount(path) == 2", ""),
		"two of a set":            body("\"a\" in input.before.tags\n\"b\" in input.before.tags", ""),
		"custom field":            body(`input.before.custom_fields.zone in {"dmz", "core"}`, ""),
		"default of a get":        body("object.get(input, \"taken\", \"none\") == \"none\"\ninput.class == \"drift\"", ""),
		"rename":                  body("input.before.name != input.after.name\ninput.before.name == \"a\"\ninput.after.name == \"b\"", ""),
		"count of pairs":          body("count(input.references) == 1\ncount(input.edited) == 2", ""),
		"approvals":               body("input.class == \"run\"\ninput.resolution.approvals >= 2", ""),
		"recursion of no matter":  body("_a(input.name, 3)", "_a(x, n) if {\n\tn > 2\n\tstartswith(x, \"a\")\n}"),
		"argument that is called": body("_late(input.now)\n_late(\"2027-01-01T00:00:00Z\")", `_late(x) if x > "2026"`),
		"with":                    body("_x with input as {\"kind\": \"rack\"}\ninput.kind == \"device\"", `_x if input.kind == "rack"`),
		"face":                    body(`input.before.face in {"front", "rear"}`, ""),
		"no face":                 body(`input.before.face == null`, ""),
		"run":                     body("input.class == \"run\"\ninput.kind == \"run\"\ninput.run.counts.device.delete > 3", ""),
		"kinds and fields":        body("input.kind in {\"cable\", \"device\"}\ninput.field == \"name\"", ""),
		"tag of a cable":          body("input.kind == \"cable\"\ninput.field == \"tag.pci\"", ""),
		"wanted type":             body("input.field == \"name\"\ninput.want == \"other\"", ""),
		"wanted position":         body("input.field == \"position\"\ninput.want > 5\ninput.have == null", ""),
		"wanted of several":       body("input.field in {\"position\", \"name\"}\ninput.want == \"5\"", ""),
		"wanted reference":        body("input.field == \"site\"\ninput.want == 3", ""),
		"key of a custom field":   body(`input.before.custom_fields.owner.name == "x"`, ""),
		"host":                    body(`input.before.part_of.site == "ams1"`, ""),
		"host's custom field":     body(`input.before.part_of.custom_fields.owner == "x"`, ""),
		"before what exists":      body("input.class == \"exists\"\ninput.before.role == \"x\"\ninput.after.role == \"y\"", ""),
		"some kind":               body("some kind, actions in input.run.counts\nkind in {\"device\", \"rack\"}\nactions.delete > 2", ""),
		"some site":               body("some site in {\"ams1\", \"ams2\"}\ninput.plan.site == site\nsite != \"ams1\"", ""),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := team(t, "a.rego", text, "data.yaml", "team: {on: false, none: []}\n")
			for _, cfg := range []policy.Config{words(dir), {Dirs: []string{dir}}} { // with the kinds that there are, and without
				if _, err := policy.New(t.Context(), cfg); err != nil {
					t.Errorf("%d kinds: %v", len(cfg.Kinds), err)
				}
			}
		})
	}
}
