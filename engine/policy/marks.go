package policy

import (
	"fmt"
	"slices"

	"github.com/open-policy-agent/opa/v1/ast"
)

// checkMarks refuses to look for diet's own custom fields among those of an object: rules see only
// what people keep there, and what diet's say stands in keys of its own.
func (w *words) checkMarks(ref ast.Ref) {
	if w.found != nil || !ref[0].Equal(ast.InputRootDocument) {
		return
	}
	for i := 1; i+1 < len(ref); i++ {
		in, _ := ref[i].Value.(ast.String)
		name, _ := ref[i+1].Value.(ast.String)
		if in == "custom_fields" && slices.Contains(w.marks, string(name)) {
			w.found = &Error{
				File: ref[i+1].Location.File, Line: ref[i+1].Location.Row,
				Message: fmt.Sprintf("%s is never there: rules do not see diet's own custom fields", ref),
				Advice:  "look at input.source, input.object, input.protected or input.plan instead",
			}
			return
		}
	}
}
