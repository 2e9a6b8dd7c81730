package policy

import (
	"context"
	"fmt"
	"maps"
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
		if err := checkFreezes(settings); err != nil {
			return err
		}
		if err := checkKinds(settings, cfg.Kinds); err != nil {
			return err
		}
		return checkFields(settings, cfg.Fields)
	}
	return &Error{File: "data.settings", Message: "does not match its schema: " + mismatch(result[1:]), Advice: settingsHint}
}

// checkFreezes refuses a freeze that ends before it begins: it would never freeze anything.
func checkFreezes(settings any) error {
	object, _ := settings.(map[string]any)
	list, _ := object["freezes"].([]any)
	for i, item := range list {
		freeze, _ := item.(map[string]any)
		from, errFrom := time.Parse(time.RFC3339, fmt.Sprint(freeze["from"]))
		to, errTo := time.Parse(time.RFC3339, fmt.Sprint(freeze["to"]))
		if errFrom == nil && errTo == nil && !from.Before(to) {
			message := fmt.Sprintf("freezes[%d] ends at %v, before it begins", i, freeze["to"])
			return &Error{File: "data.settings", Message: message, Advice: settingsHint}
		}
	}
	return nil
}

// checkKinds refuses settings of kinds that are not among the given ones, if any.
func checkKinds(settings any, kinds []string) error {
	object, _ := settings.(map[string]any)
	for _, path := range slices.Sorted(maps.Keys(byKind(object))) {
		for _, kind := range slices.Sorted(maps.Keys(byKind(object)[path])) {
			if len(kinds) > 0 && !slices.Contains(kinds, kind) {
				message := fmt.Sprintf("%s.%s is not a kind%s", path, kind, suggest(kind, kinds))
				return &Error{File: "data.settings", Message: message, Advice: settingsHint}
			}
		}
	}
	return nil
}

// checkFields refuses remediation of fields that are not among the given ones, if any.
func checkFields(settings any, fields []string) error {
	object, _ := settings.(map[string]any)
	for kind, of := range byKind(object)["remediation.fields"] {
		of, _ := of.(map[string]any)
		for _, field := range slices.Sorted(maps.Keys(of)) {
			if len(fields) > 0 && field != "*" && !dynamic(field) && !slices.Contains(fields, field) {
				message := fmt.Sprintf("remediation.fields.%s.%s is not a field%s", kind, field, suggest(field, fields))
				return &Error{File: "data.settings", Message: message, Advice: settingsHint}
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
