package policy

import (
	"context"
	"fmt"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/rego"
)

// checkSettings checks data.settings against its schema.
func checkSettings(ctx context.Context, s *source) error {
	settings, stated := s.data["settings"]
	if !stated {
		return nil
	}
	schema := s.schemas.Get(ast.MustParseRef("schema.settings.v1"))
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
		return nil
	}
	return &Error{File: "data.settings", Message: "does not match its schema: " + mismatch(result[1:]), Advice: settingsHint}
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
