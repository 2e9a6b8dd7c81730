package policy

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/rego"
)

// settingsSchema is the version of the settings that the shipped rules read.
const settingsSchema = "schema.settings.v1"

// checkSettings checks data.settings against its schema, and budgets for kinds
// that there are.
func checkSettings(ctx context.Context, s *source, kinds []string) error {
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
		return checkBudgets(settings, kinds)
	}
	return &Error{File: "data.settings", Message: "does not match its schema: " + mismatch(result[1:]), Advice: settingsHint}
}

// checkBudgets refuses budgets of kinds that are not among the given ones, if any.
func checkBudgets(settings any, kinds []string) error {
	object, _ := settings.(map[string]any)
	budgets, _ := object["budgets"].(map[string]any)
	for _, kind := range slices.Sorted(maps.Keys(budgets)) {
		if len(kinds) > 0 && !slices.Contains(kinds, kind) {
			message := fmt.Sprintf("budgets.%s is not a kind%s", kind, suggest(kind, kinds))
			return &Error{File: "data.settings", Message: message, Advice: settingsHint}
		}
	}
	return nil
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
