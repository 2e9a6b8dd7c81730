package policy

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// grammar makes the rules of random teams.
type grammar struct {
	*rand.Rand

	guards int
	names  int
}

func (g *grammar) pick(from ...string) string { return pick(g.Rand, from...) }

func (g *grammar) name() string {
	g.names++
	return fmt.Sprintf("x%d", g.names)
}

// files are the modules and the data of a team.
func (g *grammar) files() map[string]string {
	files := map[string]string{"data.json": `{"team": {"a": {"cfg": ` + g.data() + `}, "c": {"limit": 3}}}`}
	if g.IntN(2) == 0 {
		files["settings.yaml"] = "settings: {production: [prod, live], flaps: 3, " +
			"remediation: {users: {alice: auto}, fields: {device: {name: alert, '*': auto}}}}"
	}
	files["lib.rego"] = "package team.a.lib\n\nlimit := 4\n\nlist := [1, \"a\"]\n\nis(x) if x == input.have\n\nodd[\"a b\"] := 1\n"
	helpers, conditions := g.helpers()
	var first, second strings.Builder
	for i, h := range helpers {
		for _, part := range strings.Split(h, "\n---\n") { // parts may be in another file
			if i%2 == 0 && g.IntN(2) == 0 {
				second.WriteString(part + "\n\n")
			} else {
				first.WriteString(part + "\n\n")
			}
		}
	}
	for _, c := range conditions {
		to := &first
		if g.IntN(3) == 0 {
			to = &second
		}
		to.WriteString(g.guard(c))
	}
	header := "# METADATA\n# title: a team\npackage team.a\n\n"
	files["a.rego"] = header + g.pick("", "import rego.v1\n\n") + first.String()
	files["a2.rego"] = "package team.a\n\n" + second.String()
	if g.IntN(2) == 0 {
		files["b.rego"] = "package team.b\n\n_production if input.kind == \"device\"\n\nlimit := 3\n\n" +
			g.guard(g.pick("_production",
				"limit == input.have")) +
			g.guard("data.team.a.cfg.flag == false")
	}
	return files
}

func (g *grammar) data() string {
	return `{"none": null, "flag": false, "list": [0, "a", null], "odd key": {"a.b": 1, "[x]": "y"}, "empty": {}, "one": ` +
		g.pick("1", "1.0", "1e0", "123456789012345678901234567890") + `, "name": "name"}`
}

// plain is a condition of the input and of constants.
func (g *grammar) plain() string {
	if g.IntN(12) == 0 {
		return g.pick(`to_number(input.name) >= 1`, `concat("", ["a", input.have]) != "b"`)
	}
	return g.pick(
		`input.field == "name"`, `"device" == input.kind`, `input.kind in {"device", "rack"}`, `not input.blame`, `input.resolution`,
		`input.have == 1`, `input.have == 1.0`, `input.have != "x"`, `true`, `false`, `1 == 1.0`, `1 < "a"`, `count([1, 2]) == 2`,
		`not false`, `null`, `input.want != null`, `input.have == 123456789012345678901234567890`,
		`regex.match("^w", input.name)`, `is_string(input.have)`, `not input.have == 3`,
	)
}

// condition is also of data, of the shipped rules, and of other packages.
func (g *grammar) condition() string {
	v := g.name()
	switch g.IntN(12) {
	case 0:
		return g.pick(`data.team.a.cfg.none`, `not data.team.a.cfg.none`, `data.team.a.cfg.none == null`, `data.team.a.cfg.flag`,
			`not data.team.a.cfg.flag`,
			`data.team.a.cfg.flag == false`, `data.team.a.cfg.list[0] == 0`, `data.team.a.cfg["odd key"]["a.b"] == input.have`,
			`data.team.a.cfg["odd key"]["[x]"] == "y"`, `data.team.a.cfg.one == input.have`, `data.team.a.cfg.name == input.field`,
			`data.team.a.cfg.empty == {}`,
			`data.team.c.limit == 3`, `data.team.a.cfg.list[_] == input.have`, `data.team.a.cfg.list[2] == null`)
	case 1:
		return fmt.Sprintf(`data.team[%s].limit == 3`, v)
	case 2:
		return g.pick(`data.team.a.lib.limit == 4`, `data.team.a.lib.is("x")`, `data.team.a.lib.odd["a b"] == 1`,
			`data.team.a.lib.list == [1, "a"]`,
			`data.team.a.lib == {"limit": 4, "list": [1, "a"], "odd": {"a b": 1}}`, `count(data.team.a.lib.odd) == 1`)
	case 3:
		return g.pick(`data.diet.text.subject == "web/web[1]"`, `data.diet.verdict.ranks.ask == 1`, `data.diet.verdict.order[0] == "deny"`,
			`data.diet.text.have == "nothing"`, `count(data.diet.drift.guards) == 0`, `count(data.diet.drift.defaults) > 0`,
			`data.diet.deletion.guards != set()`,
			`data.diet.text.amount(2, input.kind) != "x"`, `count(data.diet.drift) > 1`, `data.diet.verdict == data.diet.verdict`,
			`count(data.diet.existence) > 1`, `data.diet.text.names([input.name]) == "web-1"`)
	case 4:
		return fmt.Sprintf(`some %s in data.diet[_].guards`+"\n\t"+`%s.id == "DRF101"`, v, v)
	case 5:
		return g.pick(`count(data.settings) > 0`, `data.settings.flaps == 3`, `not data.settings.flaps`,
			`data.settings.remediation.users.alice == "auto"`,
			`"prod" in data.settings.production`, `count(data.waivers) == 0`, `not data.waivers.DRF101`,
			`data.waivers.DRF101 == "lab"`, `data.waivers`)
	case 6:
		return fmt.Sprintf(`%s := {y | some y in [1, 2, input.have]}`+"\n\t"+`count(%s) == 3`, v, v)
	case 7:
		return fmt.Sprintf(`every %s in {1, 2} {`+"\n\t\t"+`%s != input.have`+"\n\t"+`}`, v, v)
	case 8:
		return fmt.Sprintf(`some %s, y%s in {"name": 1, "x": 2}`+"\n\t"+`input.field == %s`+"\n\t"+`y%s == 1`, v, v, v, v)
	case 9:
		return g.pick(`print(input.kind)`, `print(input.no, data.team.a.cfg)`, `count(rego.metadata.chain()) > 1`)
	}
	return g.plain()
}

// with evaluates something with something else in the place of a part of it.
func (g *grammar) with(c string) string {
	if strings.Contains(c, "\n") || strings.Contains(c, "print") || strings.Contains(c, ":=") || g.IntN(9) > 0 {
		return c
	}
	return c + " with " + g.pick(
		`input.field as "name"`, `input as {"class": "drift", "have": 1, "kind": "device"}`, `data.team.a.cfg.flag as true`,
		`data.settings.flaps as 3`,
		`data.settings as {"production": ["lab"]}`, `data.diet.text.subject as "web/web[1]"`, `data.diet.verdict.ranks as {"ask": 2}`,
		`count as 0`, `data.team.a.lib.limit as 5`, `data.waivers as {"DRF101": "lab"}`, `data.diet.drift.guards as {{"id": "DRF101"}}`,
		`input.have as 1`, `input.class as "drift"`, `data.diet.drift._production as true`, `data.team.a.lib.is as is_string`,
	)
}

// body is a few conditions in any order.
func (g *grammar) body(among ...string) string {
	for range 1 + g.IntN(2) {
		among = append(among, g.with(g.condition()))
	}
	g.Shuffle(len(among), func(i, j int) { among[i], among[j] = among[j], among[i] })
	return strings.Join(among, "\n\t")
}

// guard is a guard or a default, of a class or of all.
func (g *grammar) guard(condition string) string {
	conditions := []string{condition}
	if class := g.pick("", "", "drift", "planned", "orphaned"); class != "" {
		conditions = append(conditions, fmt.Sprintf(g.pick(`input.class == %q`, `%q == input.class`, `input.class in {%q, "conflict"}`,
			`input.class in [%q]`), class))
	}
	id := fmt.Sprintf("T%03d", g.guards)
	g.guards++
	set, decision := "guards", g.pick("deny", "ask", "ask")
	if g.IntN(5) == 0 {
		set, decision = "defaults", "ask"
	}
	metadata := fmt.Sprintf("# METADATA\n# title: %s\n# custom:\n#   id: %s\n#   severity: %s\n#   decision: %s\n", id, id, g.pick("low",
		"high"), decision)
	says := g.pick(`{"message": input.object}`, `{"message": "no"}`, `{"message": sprintf("%v", [input.have])}`, `{}`,
		`{"decision": input.want, "message": "odd"}`)
	return metadata + fmt.Sprintf("%s contains object.union(rego.metadata.rule().custom, %s) if {\n\t%s\n}\n\n", set, says,
		g.body(conditions...))
}

// helpers are rules of every form, and what reads each.
func (g *grammar) helpers() (rules, conditions []string) {
	add := func(condition, rule string, args ...any) {
		rules, conditions = append(rules, fmt.Sprintf(rule, args...)), append(conditions, condition)
	}
	limit, body := g.pick("1", "1.0", "3", `"x"`, "123456789012345678901234567890", "null", "false"), func() string { return g.body() }
	forms := []func(){
		func() {
			add(g.pick(`input.have == limit`, `limit`, `not limit`, `limit with data.team.a.limit as 3`,
				`not limit with data.team.a.limit as false`), "limit := %s", limit)
		},
		func() {
			add(g.pick(`names[input.field]`, `names[input.field] == {"k": 1}`, `names.name.k == 1`, `names["x y"]`, `not names.site`),
				`names := {"name": %s, "x y": false, "site": null}`, g.pick(`{"k": 1}`, `{"k": 1.0}`))
		},
		func() {
			add(g.pick(`mode == "b"`, `mode == "a"`, `not mode`), "default mode := %s\n\nmode := \"b\" if {\n\t%s\n}", g.pick(`"a"`, "false"),
				body())
		},
		func() {
			add(g.pick(`chain == 1`, `chain == 2`, `not chain`), "chain := 1 if {\n\t%s\n} else := 2 if {\n\t%s\n} else := 3 if {\n\t%s\n}",
				body(), body(), body())
		},
		func() {
			add(g.pick(`obj.name == 1`, `obj.fix == 4`, `obj[input.field]`, `count(obj) == 2`, `not obj.site`),
				"obj[k] := v if {\n\tk := input.field\n\tv := %s\n\t%s\n}\n---\nobj.fix := 4", g.pick("1", "2", "input.have"), body())
		},
		func() {
			add(g.pick(`obj2.name == 1`, `obj2.name`), "obj2[input.field] := 2 if {\n\t%s\n}\n---\nobj2.name := 1", body())
		},
		func() {
			add("trees != {}\n\t"+g.pick(`tree.name.b == 1`, `tree[input.field].b`, `"x" in trees.k.c`, `count(trees) > 1`, `not tree.k`),
				"tree[k].b := 1 if {\n\tk := %s\n\t%s\n}\n---\ntrees[k].c contains x if {\n\tk := \"k\"\n\tx := %s\n}",
				g.pick(`"name"`, "input.field"), body(), g.pick(`"x"`, "input.have"))
		},
		func() {
			add(g.pick(`a.b.c == 1`, `a.b.d`, `a.b == {"c": 1, "d": true}`), "a.b.c := 1\n---\na.b.d if {\n\t%s\n}", body())
		},
		func() {
			add(g.pick(`"y" in list.of`, `count(list.of) == 0`), "list.of contains \"y\" if {\n\t%s\n}\n---\nlist.of contains input.have", body())
		},
		func() {
			add(g.pick(`f(input.have) == "one"`, `f(1) == "one"`, `f(1.0)`, `f(2) == "many"`,
				`f(input.field) == "one" with data.team.a.f as json.marshal`),
				"f(1) := \"one\"\n---\nf(n) := \"many\" if {\n\tn != %s\n\t%s\n}", g.pick("1", "2", `"x"`), body())
		},
		func() {
			add(g.pick(`both == 1`, `both`, `not both`), "both := 1 if {\n\t%s\n}\n---\nboth := 2 if {\n\t%s\n}", body(), body())
		},
		func() {
			add(g.pick(`number > 1`, `number == 1`), "number := n if {\n\t%s\n\tn := to_number(input.name)\n}", g.plain())
		},
		func() { add(g.pick(`flag`, `not flag`), "flag if {\n\t%s\n}", g.plain()) },
		func() {
			add("count(nothing) == 0\n\t"+g.pick(`never`, `not never`, `not nothing[1]`),
				"never if {\n\tfalse\n\t%s\n}\n\nnothing contains 1 if never", g.plain())
		},
		func() { add(g.pick(`_production`, `not _production`), "_production if {\n\t%s\n}", g.plain()) },
		func() {
			add(g.pick(`g(1, [2, 3]) == 3`, `g(input.have, [1, 2])`), "g(a, [b, c]) := c if {\n\ta != b\n\t%s\n} else := b", g.plain())
		},
	}
	g.Shuffle(len(forms), func(i, j int) { forms[i], forms[j] = forms[j], forms[i] })
	for _, form := range forms[:4+g.IntN(5)] {
		form()
	}
	return rules, conditions
}
