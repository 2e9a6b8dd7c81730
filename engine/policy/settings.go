package policy

import (
	"context"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/rego"
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
	if len(result) == 2 && result[0] == true {
		for _, problem := range []*wrongSetting{checkTimes(settings), checkKinds(settings, cfg.Kinds), checkFields(settings, cfg.Fields)} {
			if problem != nil {
				file, line := s.holding(problem.word)
				return &Error{File: file, Line: line, Message: problem.message, Advice: settingsHint}
			}
		}
		return nil
	}
	return &Error{File: "data.settings", Message: "does not match its schema: " + mismatch(result[1:]), Advice: settingsHint}
}

// wrongSetting is a setting that cannot work: the word of it that is wrong, and what is wrong.
type wrongSetting struct{ word, message string }

// holding is the file of data that holds a word, and its line.
func (s *source) holding(word string) (name string, line int) {
	for _, f := range s.texts {
		if f.folder == nil || filepath.Ext(f.name) == ".rego" {
			continue
		}
		for i, text := range strings.Split(string(f.text), "\n") {
			if strings.Contains(text, word) {
				return f.name, i + 1
			}
		}
	}
	return "data.settings", 0
}

// checkTimes refuses what the rules about windows and freezes cannot work with: they would deny
// every run then, or none.
func checkTimes(settings any) *wrongSetting {
	object, _ := settings.(map[string]any)
	windows, _ := object["windows"].([]any)
	for i, item := range windows {
		window, _ := item.(map[string]any)
		if problem := badZone(window["zone"]); problem != "" {
			return &wrongSetting{fmt.Sprint(window["zone"]), fmt.Sprintf("windows[%d].zone: %s", i, problem)}
		}
	}
	freezes, _ := object["freezes"].([]any)
	for i, item := range freezes {
		freeze, _ := item.(map[string]any)
		if key, problem := badFreeze(freeze); problem != "" {
			return &wrongSetting{fmt.Sprint(freeze[key]), fmt.Sprintf("freezes[%d]%s", i, problem)}
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
				return &wrongSetting{kind, message}
			}
		}
	}
	return nil
}

// checkFields refuses remediation of fields that are not among the given ones, if any.
func checkFields(settings any, fields []string) *wrongSetting {
	object, _ := settings.(map[string]any)
	for kind, of := range byKind(object)["remediation.fields"] {
		of, _ := of.(map[string]any)
		for _, field := range slices.Sorted(maps.Keys(of)) {
			if len(fields) > 0 && field != "*" && !dynamic(field) && !slices.Contains(fields, field) {
				message := fmt.Sprintf("remediation.fields.%s.%s is not a field%s", kind, field, suggest(field, fields))
				return &wrongSetting{field, message}
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

// mismatch joins what json.match_schema says is wrong.
func mismatch(result []any) string {
	var said []string
	for _, list := range result {
		list, _ := list.([]any)
		for _, item := range list {
			item, _ := item.(map[string]any)
			said = append(said, fmt.Sprintf("%v: %v", item["field"], item["desc"]))
		}
	}
	return strings.Join(said, "; ")
}

const settingsHint = "docs/policies.md describes data.settings"
