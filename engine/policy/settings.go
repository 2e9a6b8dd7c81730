package policy

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/rego"
	"go.yaml.in/yaml/v3"
)

// settingsSchema is the version of the settings that the shipped rules read.
const settingsSchema = "schema.settings.v1"

// checkSettings checks data.settings against its schema, and budgets for kinds
// that there are.
func checkSettings(ctx context.Context, s *source, cfg Config) error {
	settings, stated := s.data["settings"]
	if !stated {
		return nil
	}
	schema := s.schemas.Get(ast.MustParseRef(settingsSchema))
	rs, err := rego.New(
		rego.Query("json.match_schema(input.settings, input.schema)"),
		rego.Input(map[string]any{"settings": settings, "schema": schema}),
		rego.StrictBuiltinErrors(true),
	).Eval(ctx)
	if err != nil {
		return &Error{File: "data.settings", Message: err.Error(), Advice: settingsHint}
	}
	if len(rs) == 0 {
		return &Error{File: "data.settings", Message: "cannot be checked against its schema", Advice: settingsHint}
	}
	result, _ := rs[0].Expressions[0].Value.([]any)
	if len(result) == 0 || result[0] != true {
		return s.mismatched(result[min(1, len(result)):])
	}
	for _, problem := range []*wrongSetting{checkTimes(settings), checkKinds(settings, cfg.Kinds), checkFields(settings, cfg.Fields)} {
		if problem != nil {
			return s.wrong(problem)
		}
	}
	return nil
}

// wrongSetting is a setting that cannot work: where it stands, and what is wrong.
type wrongSetting struct {
	path    []string // of keys, and numbers in lists; the last is what is wrong where there is nothing below it
	key     bool     // it is the key that is wrong, not what it holds
	message string
}

// wrong says what is wrong with a setting, and where in which file.
func (s *source) wrong(problem *wrongSetting) *Error {
	out := &Error{File: "data.settings", Message: problem.message, Advice: settingsHint}
	deepest := 0
	for _, f := range s.texts {
		if f.folder == nil || f.isModule() {
			continue
		}
		path := append([]string{"settings"}, problem.path...)
		if f.dir != "." {
			above := strings.Split(f.dir, "/")
			if len(above) > len(path) || !slices.Equal(above, path[:len(above)]) {
				continue
			}
			path = path[len(above):]
		}
		var root yaml.Node
		if yaml.Unmarshal(f.text, &root) != nil || len(root.Content) == 0 {
			continue
		}
		if at, deep := nodeAt(root.Content[0], path, problem.key); deep > deepest {
			deepest, out.File, out.Line, out.Column = deep, f.name, at.Line, at.Column
		}
	}
	return out
}

// nodeAt is the node that a path leads to, or the key of it, and how many steps of the path there are.
func nodeAt(at *yaml.Node, path []string, key bool) (*yaml.Node, int) {
	last := at
	for i, step := range path {
		for at.Kind == yaml.AliasNode {
			at = at.Alias
		}
		var of, next *yaml.Node
		switch n, err := strconv.Atoi(step); {
		case at.Kind == yaml.SequenceNode && err == nil && n < len(at.Content):
			of, next = at.Content[n], at.Content[n]
		case at.Kind == yaml.MappingNode:
			for j := 0; j+1 < len(at.Content); j += 2 {
				if at.Content[j].Value == step {
					of, next = at.Content[j], at.Content[j+1]
				}
			}
		}
		if next == nil {
			return last, i
		}
		last, at = of, next
	}
	if !key {
		last = at
	}
	return last, len(path)
}

// mismatched says in what settings differ from their schema, and where the first of it stands.
func (s *source) mismatched(result []any) *Error {
	wrong := mismatches(result)
	said := make([]string, len(wrong))
	for i, item := range wrong {
		said[i] = fmt.Sprintf("%v: %v", item["field"], item["desc"])
	}
	problem := &wrongSetting{message: "does not match its schema: " + strings.Join(said, "; ")}
	if len(wrong) > 0 {
		if field := fmt.Sprint(wrong[0]["field"]); !strings.EqualFold(field, "(root)") {
			problem.path = strings.Split(field, ".")
		}
		if name, is := strings.CutPrefix(fmt.Sprint(wrong[0]["desc"]), "Additional property "); is {
			problem.path, problem.key = append(problem.path, strings.TrimSuffix(name, " is not allowed")), true
		}
	}
	return s.wrong(problem)
}

// mismatches are what json.match_schema says is wrong, by field: it goes over maps at random.
func mismatches(result []any) []map[string]any {
	var out []map[string]any
	for _, list := range result {
		list, _ := list.([]any)
		for _, item := range list {
			item, _ := item.(map[string]any)
			out = append(out, item)
		}
	}
	slices.SortStableFunc(out, func(a, b map[string]any) int {
		return strings.Compare(fmt.Sprintln(a["field"], a["desc"]), fmt.Sprintln(b["field"], b["desc"]))
	})
	return out
}

// Strays says which settings are about sites that are not among the given ones: they limit nothing.
func (e *Engine) Strays(sites []string) []string {
	e.listed() // has the data read
	settings, _ := e.source.data["settings"].(map[string]any)
	budgets, _ := settings["site_budgets"].(map[string]any)
	var out []string
	for _, site := range slices.Sorted(maps.Keys(budgets)) {
		if slices.Contains(sites, site) {
			continue
		}
		at := e.source.wrong(&wrongSetting{path: []string{"site_budgets", site}, key: true})
		out = append(out, fmt.Sprintf("%s:%d:%d: site_budgets.%s: no plan here is of that site%s", at.File, at.Line, at.Column, site,
			suggest(site, sites)))
	}
	return out
}

// checkTimes refuses what the rules about windows and freezes cannot work with: they would deny
// every run then, or none.
func checkTimes(settings any) *wrongSetting {
	object, _ := settings.(map[string]any)
	windows, _ := object["windows"].([]any)
	for i, item := range windows {
		window, _ := item.(map[string]any)
		if problem := badZone(window["zone"]); problem != "" {
			return &wrongSetting{path: []string{"windows", strconv.Itoa(i), "zone"}, message: fmt.Sprintf("windows[%d].zone: %s", i, problem)}
		}
	}
	freezes, _ := object["freezes"].([]any)
	for i, item := range freezes {
		freeze, _ := item.(map[string]any)
		if key, problem := badFreeze(freeze); problem != "" {
			return &wrongSetting{path: []string{"freezes", strconv.Itoa(i), key}, message: fmt.Sprintf("freezes[%d]%s", i, problem)}
		}
	}
	return nil
}

// badZone says what is wrong with a time zone, "" for nothing.
func badZone(zone any) string {
	name, stated := zone.(string)
	if !stated || name == "" {
		return ""
	}
	if _, err := time.LoadLocation(name); err != nil || name == "Local" {
		return fmt.Sprintf("%q is not a time zone; name it as the IANA does, such as Europe/Berlin or UTC", name)
	}
	return ""
}

// badFreeze says what is wrong with a freeze: an end that is no time, or one before it begins, which
// would never freeze anything.
func badFreeze(freeze map[string]any) (key, problem string) {
	var ends [2]time.Time
	for i, key := range []string{"from", "to"} {
		text := fmt.Sprint(freeze[key])
		at, err := time.Parse(time.RFC3339, text)
		switch _, day := time.Parse(time.DateOnly, text); {
		case err != nil && day == nil:
			return key, fmt.Sprintf(".%s: %q has no time; write %q", key, text, text+"T00:00:00Z")
		case err != nil:
			return key, fmt.Sprintf(".%s: %q is not a time; write it as 2026-12-20T00:00:00Z", key, text)
		}
		ends[i] = at
	}
	if !ends[0].Before(ends[1]) {
		return "to", fmt.Sprintf(" ends at %v, before it begins", freeze["to"])
	}
	return "", ""
}

// checkKinds refuses settings of kinds that are not among the given ones, if any.
func checkKinds(settings any, kinds []string) *wrongSetting {
	object, _ := settings.(map[string]any)
	for _, path := range slices.Sorted(maps.Keys(byKind(object))) {
		for _, kind := range slices.Sorted(maps.Keys(byKind(object)[path])) {
			if len(kinds) > 0 && !slices.Contains(kinds, kind) {
				message := fmt.Sprintf("%s.%s is not a kind%s", path, kind, suggest(kind, kinds))
				return &wrongSetting{append(strings.Split(path, "."), kind), true, message}
			}
		}
	}
	return nil
}

// checkFields refuses remediation of fields that are not among the given ones, if any.
func checkFields(settings any, fields map[string]map[string]string) *wrongSetting {
	object, _ := settings.(map[string]any)
	byKinds := byKind(object)["remediation.fields"]
	for _, kind := range slices.Sorted(maps.Keys(byKinds)) {
		of, _ := byKinds[kind].(map[string]any)
		for _, field := range slices.Sorted(maps.Keys(of)) {
			if _, is := fields[kind][field]; len(fields) > 0 && field != "*" && !dynamic(field) && !is {
				message := fmt.Sprintf("remediation.fields.%s.%s is not a field%s", kind, field, suggest(field, fieldsOf(fields, kind)))
				return &wrongSetting{[]string{"remediation", "fields", kind, field}, true, message}
			}
		}
	}
	return nil
}

// byKind are the settings whose keys are kinds, by where they stand.
func byKind(settings map[string]any) map[string]map[string]any {
	at := func(of map[string]any, key string) map[string]any {
		m, _ := of[key].(map[string]any)
		return m
	}
	remediation := at(settings, "remediation")
	out := map[string]map[string]any{
		"budgets": at(settings, "budgets"), "remediation.fields": at(remediation, "fields"), "remediation.missing": at(remediation, "missing"),
	}
	for site := range at(settings, "site_budgets") {
		out["site_budgets."+site] = at(at(settings, "site_budgets"), site)
	}
	return out
}

const settingsHint = "docs/policies.md describes data.settings"
