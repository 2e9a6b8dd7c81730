package main

import (
	"slices"
	"strings"
)

// The global flags that matter to commands, by what these work with.
var (
	withPlan   = []string{"config", "json"}
	withMirror = append(slices.Clone(withPlan), "mirror", "store")
	withNetBox = append(slices.Clone(withMirror), "netbox-url", "token", "branch", "ca", "quiet")
	deciding   = append(slices.Clone(withNetBox), "policy", "policy-key", "decision-log", "resolutions")
)

// globalsOf are the global flags that matter to each command.
var globalsOf = map[string][]string{
	"init": withNetBox, "sync": withNetBox, "import": withNetBox,
	"validate": withNetBox, "generate": append(slices.Clone(withPlan), "mirror"), "graph": append(slices.Clone(withPlan), "mirror"),
	"diff": deciding, "preview": deciding, "apply": deciding, "rollback": deciding, "destroy": deciding, "status": deciding,
	"serve": deciding, "watch": deciding,
	"resolve": deciding, "ack": deciding, "unmanage": deciding, "adopt": deciding, "why": deciding,
	"blame": withNetBox, "history": withNetBox, "sql": withNetBox, "check": withNetBox,
	"approve": withMirror, "runs": withMirror, "previews": withMirror, "run": withMirror, "store": withMirror, "jobs": withMirror,
	"branch":  {"config", "json", "netbox-url", "token", "ca", "quiet"},
	"policy":  append(slices.Clone(withMirror), "policy", "policy-key", "resolutions"),
	"user":    append(slices.Clone(withPlan), "quiet"),
	"sandbox": {"verbose"}, "demo": {"no-color"}, "config": {"quiet"}, "version": {"json"}, "completion": {"config", "mirror", "store"},
}

// matters is the part of a command's help about global flags.
func matters(command string) string {
	var b strings.Builder
	b.WriteString("\nGLOBAL OPTIONS that matter here (diet --help lists all; they may stand anywhere):\n")
	for _, f := range globalFlags() {
		if slices.Contains(globalsOf[command], f.Names()[0]) {
			b.WriteString("   " + f.String() + "\n")
		}
	}
	return b.String()
}
