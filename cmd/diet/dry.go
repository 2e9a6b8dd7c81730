package main

import (
	"cmp"
	"slices"

	"github.com/diet-project/diet/engine"
)

// What a command does not need cannot keep it from working: a dry look takes no NetBox, and no policies
// where nothing is decided.

// dry reports whether a command asks NetBox nothing: it looks at what mirror and store have.
func (e *env) dry() bool {
	switch e.filesFor() {
	case engine.LookAtStore, engine.WriteStore:
		return true
	case engine.LookAtMirror:
		return slices.Contains([]string{"diff", "status", "blame", "history", "sql", "check"}, e.cli.Command.Name)
	}
	return false
}

// undecided reports whether a command decides nothing by the policies that it shows as a verdict or writes.
func (e *env) undecided() bool {
	switch e.cli.Command.Name {
	case "sync", "init", "branch", "status", "check", "sql", "blame", "history":
		return true
	case "diff":
		return isSQL(e.cli.Args().First())
	}
	f := e.filesFor()
	return f == engine.LookAtStore || f == engine.WriteStore
}

// trustedToken is the token, if it may be sent to the NetBox that is named. Who asks NetBox nothing needs none.
func (e *env) trustedToken() (string, error) {
	if e.dry() && e.cli.String("branch") == "" {
		return "not-sent", nil
	}
	return cmp.Or(e.cli.String("token"), e.config.NetBox.Token), e.trustHost()
}
