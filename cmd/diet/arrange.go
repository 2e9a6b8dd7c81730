package main

import (
	"slices"
	"strings"

	"github.com/urfave/cli/v2"
)

// arrange lets people write flags anywhere after the program's name: urfave/cli
// reads global flags only before the command, and a command's flags only before
// its arguments. What follows "--" is left alone.
func arrange(app *cli.App, args []string) []string {
	if slices.Contains(args, completionFlag) {
		return args
	}
	global, local, words, rest := sorted(app, args)
	out := append([]string{args[0]}, global...)
	if len(words) > 0 {
		out = append(append(out, words[0]), local...)
		out = append(out, words[1:]...)
	}
	return append(out, rest...)
}

// sorted are the global flags of a command line, those of the command, its other words, and what
// follows "--", with that.
func sorted(app *cli.App, args []string) (global, local, words, rest []string) {
	var command *cli.Command
	for i := 1; i < len(args); i++ {
		arg := args[i]
		if arg == "--" {
			rest = args[i:]
			break
		}
		if !strings.HasPrefix(arg, "-") || arg == "-" {
			if command == nil && len(words) == 0 {
				command = app.Command(arg)
			}
			words = append(words, arg)
			continue
		}
		takes, known := false, false
		if command != nil {
			takes, known = takesValue(command.Flags, arg)
		}
		to := &local
		if !known {
			if takes, known = takesValue(app.Flags, arg); known || command == nil {
				to = &global
			}
		}
		*to = append(*to, arg)
		if takes && i+1 < len(args) {
			i++
			*to = append(*to, args[i])
		}
	}
	return global, local, words, rest
}

// takesValue reports whether a flag is known, and whether the next argument is its
// value.
func takesValue(flags []cli.Flag, arg string) (takes, known bool) {
	name, _, joined := strings.Cut(strings.TrimLeft(arg, "-"), "=")
	for _, f := range flags {
		if slices.Contains(f.Names(), name) {
			_, isBool := f.(*cli.BoolFlag)
			return !isBool && !joined, true
		}
	}
	return false, false
}

// withoutValue fails for a flag whose value is missing: at the end, or because another flag
// follows. Once arranged, an argument would be taken for it.
func withoutValue(app *cli.App, args []string) error {
	name, flags := app.Name, app.Flags
	for i := 1; i < len(args) && args[i] != "--" && args[i] != completionFlag; i++ {
		arg := args[i]
		if !strings.HasPrefix(arg, "-") || arg == "-" {
			if command := app.Command(arg); command != nil && name == app.Name {
				name, flags = name+" "+command.Name, slices.Concat(command.Flags, flags)
			}
			continue
		}
		if takes, _ := takesValue(flags, arg); !takes {
			continue
		}
		if i++; i == len(args) || isFlag(flags, args[i]) {
			return usage("%s needs a value: see %s --help", arg, name)
		}
	}
	return nil
}

// isFlag reports whether an argument is the name of a flag.
func isFlag(flags []cli.Flag, arg string) bool {
	_, known := takesValue(flags, arg)
	return strings.HasPrefix(arg, "--") && (known || arg == "--" || arg == "--help")
}
