package engine_test

import (
	"fmt"
	"testing"

	"github.com/diet-project/diet/engine"
)

// precious is a guard against deleting what is tagged, as docs/policies.md has it.
const precious = `package team.own

# METADATA
# title: What is tagged is not deleted
# custom:
#   id: OWN001
#   severity: critical
#   decision: %s
#   forbids: [delete]
guards contains object.union(rego.metadata.rule().custom, {"message": message}) if {
	input.class == "orphaned"
	"pci" in input.before.tags
	message := sprintf("%%s is tagged", [input.object])
}
`

// TestGuardOfAPartKeepsTheWhole tags an interface, of the device type's templates, or a cable of a
// server that goes. Whatever the plan says of deletions, and whatever a person answers about the
// server, what the guard keeps stays as it is.
func TestGuardOfAPartKeepsTheWhole(t *testing.T) {
	t.Parallel()
	for _, policy := range []string{"warn", "delete", "orphan"} {
		for endpoint, object := range map[string]string{"interfaces": "web/web[2]/lom.eth0", "cables": "web/web[2]/lom.eth0~"} {
			t.Run(policy+" "+endpoint, func(t *testing.T) {
				t.Parallel()
				w := setup(t, "4.6")
				plan := func(servers int) engine.Intent {
					return w.edited(fmt.Sprintf(small, "one", servers), "model: Server, u: 1}",
						`model: Server, u: 1, ports: {"lom-eth{0-1}": 25gbase-x-sfp28}}`, "deletionPolicy: delete", "deletionPolicy: "+policy)
				}
				w.apply(plan(2))
				w.post("extras/tags", `{"name": "pci", "slug": "pci"}`)
				w.edit(endpoint, object, `{"tags": [{"slug": "pci"}]}`)
				w.policies = []string{teamFolder(w, fmt.Appendf(nil, precious, "deny"))}
				w.open("team.db")
				was := w.object(endpoint, object)["id"]
				less := plan(1)
				w.sync()
				for range 2 {
					_, _ = w.eng.Resolve(t.Context(), less, engine.Reply{Object: "web/web[2]", Answer: "force_delete", Who: "joe", Why: "x"})
					w.apply(less)
					w.law(less)
				}
				for _, o := range w.server.Objects(endpoint) {
					if o["id"] == was {
						return
					}
				}
				t.Errorf("%s is gone", object)
			})
		}
	}
}
