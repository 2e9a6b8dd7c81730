package main

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/engine/serve/user"
	"github.com/diet-project/diet/mirror/kinds"
	"github.com/diet-project/diet/mirror/sandbox"
)

// values are what a flag takes; nothing leaves it to the shell, which offers files.
func (t *typed) values(ctx context.Context) []string {
	switch t.flag {
	case "target", "exclude":
		return t.named().Targets(ctx, t.last)
	case "object":
		return t.named().Objects(ctx, t.last)
	case "preview":
		return t.named().Previews(ctx)
	case "plan":
		return t.named().Plans(ctx)
	case "for":
		return t.plans()
	case "at":
		return t.named().Runs(ctx)
	case "output":
		return t.formats()
	case "class":
		if t.command != nil && t.command.Name == "resolve" {
			return texts(answeredClasses)
		}
		return t.named().Classes(ctx)
	case "fabric":
		return fabricsOf(t.named().Classes(ctx))
	case "kind":
		return kindNames()
	case "answer":
		return texts(change.Answers())
	case "role":
		return texts(user.Roles())
	case "netbox-version":
		return sandbox.Versions()
	}
	return nil
}

// fabricsOf are the fabrics of the classes that are in one.
func fabricsOf(classes []string) []string {
	var out []string
	for _, class := range classes {
		if fabric, _, in := strings.Cut(class, "."); in && !slices.Contains(out, fabric) {
			out = append(out, fabric)
		}
	}
	return out
}

// kindNames are the kinds that the mirror has.
func kindNames() []string {
	var out []string
	for _, k := range kinds.Standard().All() {
		out = append(out, k.Name)
	}
	return out
}

// formats are those that a command writes.
func (t *typed) formats() []string {
	if t.command == nil {
		return nil
	}
	switch t.command.Name {
	case "preview", "apply":
		return []string{"text", "json", "markdown", "junit"}
	case "generate":
		return []string{"yaml", "json", "csv", "sheet", "hedgehog", "template="}
	case "graph":
		return []string{"svg", "dot", "mermaid"}
	case "sql", "diff", "check":
		return []string{"table", "json", "csv", "markdown"}
	}
	return nil
}

// arguments are what a command takes.
func (t *typed) arguments(ctx context.Context) []string {
	w := t.named()
	switch t.command.Name {
	case "apply", "resolve", "preview":
		return append(t.plans(), w.Previews(ctx)...)
	case "approve":
		return w.Previews(ctx)
	case "validate", "generate", "graph", "diff", "status", "init":
		return t.plans()
	case "why", "ack", "unmanage", "adopt":
		return append(t.plans(), w.Objects(ctx, t.last)...)
	case "blame", "history":
		return w.Objects(ctx, t.last)
	case "run", "rollback":
		return w.Runs(ctx)
	case "runs", "destroy", "previews":
		return w.Plans(ctx)
	case "import":
		return w.Sites(ctx)
	case "check":
		return slices.Sorted(maps.Keys(t.settings().Queries))
	case "help":
		return t.commands()
	}
	if len(t.args) > 0 {
		return t.furtherArguments(ctx)
	}
	return verbs[t.command.Name]
}

// furtherArguments are what a command that does several things takes after the one that it is to do.
func (t *typed) furtherArguments(ctx context.Context) []string {
	w := t.named()
	switch {
	case t.command.Name == "policy" && t.args[0] == "input" && len(t.args) == 1:
		return slices.Concat(t.plans(), w.Previews(ctx), w.Runs(ctx))
	case t.command.Name == "policy" && t.args[0] == "input":
		return w.Objects(ctx, t.last)
	case t.command.Name == "branch" && t.args[0] == "merge" && len(t.args) > 1:
		return w.Plans(ctx)
	}
	return nil
}

// commands are those of the program.
func (t *typed) commands() []string {
	var out []string
	for _, c := range t.app.Commands {
		out = append(out, c.Name)
	}
	return out
}

// verbs are what commands take that do several things.
var verbs = map[string][]string{
	"branch":     {"list", "show", "merge"},
	"completion": {"bash", "zsh", "fish"},
	"config":     {"schema"},
	"policy":     {"check", "test", "list", "replay", "input"},
	"store":      {"prune"},
	"user":       {"add", "remove", "list"},
}
