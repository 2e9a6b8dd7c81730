package generate_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/diet-project/diet/generate"
)

// TestRemovedIsChecked refuses entries of spec.removed that would do nothing, or two things.
func TestRemovedIsChecked(t *testing.T) {
	t.Parallel()
	const plan = `apiVersion: diet/v1alpha1
kind: Plan
metadata: {name: web}
spec:
  site: ams2
  catalog: {deviceTypes: {server: {manufacturer: acme, model: Server, u: 1}}}
  nodes: {web: {count: 1, type: server}}
  removed: [%s]
`
	for entries, want := range map[string]string{
		"{from: web/old, policy: orphan}, {from: backend, policy: delete}": "",
		"{from: web/web, policy: orphan}":                                  `"web" is still in the plan`,
		"{from: 'web/old[1]', policy: orphan}":                             `"web/old[1]" is no class`,
		"{from: old, policy: orphan}, {from: web/old, policy: delete}":     `"old" is there twice`,
		"{from: old, policy: keep}":                                        `keep`,
	} {
		p, err := generate.Load("plan.yaml", fmt.Appendf(nil, plan, entries))
		if err == nil {
			_, err = generate.Generate(p, nil)
		}
		var found *generate.FindingsError
		if want == "" && err != nil || want != "" && (!errors.As(err, &found) || !strings.Contains(err.Error(), want)) {
			t.Errorf("%s: %v", entries, err)
		}
		if want != "" {
			continue
		}
		if info := p.Info(); info.RemovalOf("old") != "orphan" || info.RemovalOf("backend.leaf") != "delete" || info.RemovalOf("web") != "" {
			t.Errorf("%+v", info.Removed)
		}
	}
}
