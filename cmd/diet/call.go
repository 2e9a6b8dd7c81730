package main

import (
	"context"
	"strconv"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/diet-project/diet/engine/call"
)

// callKey is the key of the settings that diet was called with, in the context of a command.
type callKey struct{}

// callOf are the settings that diet was called with as flags: what it prints as the way out has them too.
func callOf(ctx context.Context) call.Flags {
	flags, _ := ctx.Value(callKey{}).(call.Flags)
	return flags
}

// settings are the global flags that say by what a command works, and whether they may be repeated. How
// it prints is none, and a token is no thing to print. What the environment says, the shell has.
var settings = map[string]bool{
	"config": false, "netbox-url": false, "branch": false, "ca": false, "insecure": false, "mirror": false, "store": false,
	"policy": true, "policy-key": false, "decision-log": false, "resolutions": false,
}

// settingsIn are the settings of a command line.
func settingsIn(app *cli.App, args []string) call.Flags {
	var out call.Flags
	global, _, _, _ := sorted(app, args)
	for i := 0; i < len(global); i++ {
		name, value, joined := strings.Cut(strings.TrimLeft(global[i], "-"), "=")
		repeats, is := settings[name]
		if takes, _ := takesValue(app.Flags, global[i]); takes && i+1 < len(global) {
			i++
			value = global[i]
		} else if !joined {
			value = "true"
		}
		switch {
		case !is || value == "":
		case name == "insecure":
			if on, err := strconv.ParseBool(value); err == nil && on {
				out.Set(name, "")
			}
		case repeats:
			out.Add(name, value)
		default:
			out.Set(name, value)
		}
	}
	return out
}
