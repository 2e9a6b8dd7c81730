package main

import (
	"bufio"
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/urfave/cli/v2"

	"github.com/diet-project/diet/engine/serve/user"
)

func userCommand() *cli.Command {
	return &cli.Command{
		Name:      "user",
		Usage:     "say who may log in to diet serve",
		ArgsUsage: "add NAME | remove NAME | list",
		Description: `Writes the file with users: users.yaml beside diet.yaml, or users in diet.yaml. It
holds passwords as argon2id hashes. The password is asked for in a terminal, and
otherwise read from standard input; to add a name once more changes the password
and the roles. A running diet serve takes over what changed at once.

Everybody may look. A resolver also answers questions, an approver approves
previews, an applier applies them and rolls runs back; each of the three has
previews made and NetBox read.

   diet user add alice --role resolver --role approver
   pass show diet/bob | diet user add bob --role viewer
   diet user list
   diet user remove bob`,
		Flags: []cli.Flag{
			&cli.StringSliceFlag{Name: "role", Usage: "a `ROLE`: viewer, resolver, approver or applier; may be repeated"},
		},
		Action: userAction,
	}
}

func userAction(c *cli.Context) error {
	e, err := newEnv(c)
	if err != nil {
		return err
	}
	users := e.users()
	name := c.Args().Get(1)
	switch verb := c.Args().First(); {
	case verb == "list" && c.NArg() == 1:
		return e.listUsers(users)
	case verb == "remove" && c.NArg() == 2:
		if err := users.Remove(name); err != nil {
			return err
		}
		e.say("diet: %s may not log in any more", name)
		return e.tellUser(map[string]any{"name": name, "removed": true})
	case verb == "add" && c.NArg() == 2:
		return e.addUser(users, name)
	}
	return usage("user takes add NAME, remove NAME or list%s", instead(c.Args().First(), verbs["user"]))
}

// users is the file with those who may log in.
func (e *env) users() *user.File {
	beside := filepath.Join(filepath.Dir(e.cli.String("config")), "users.yaml")
	return user.Open(cmp.Or(string(e.config.Users), beside))
}

func (e *env) addUser(users *user.File, name string) error {
	var roles []user.Role
	for _, r := range e.cli.StringSlice("role") {
		roles = append(roles, user.Role(r))
	}
	password, err := e.password(name)
	if err != nil {
		return err
	}
	if err := users.Put(name, password, roles); err != nil {
		return usage("%w", err)
	}
	e.say("diet: %s may log in; %s holds the hash of the password", name, users.Path())
	return e.tellUser(map[string]any{"name": name, "roles": append([]user.Role{}, roles...)})
}

// tellUser prints, with --json, what became of a user.
func (e *env) tellUser(what map[string]any) error {
	if !e.cli.Bool("json") {
		return nil
	}
	return e.print(what)
}

// password asks for a password in a terminal, twice, or reads a line from standard input.
func (e *env) password(name string) (string, error) {
	if !isKeyboard(e.cli.App.Reader) {
		line, err := bufio.NewReader(e.cli.App.Reader).ReadString('\n')
		if err != nil && !errors.Is(err, io.EOF) {
			return "", fmt.Errorf("read password: %w", err)
		}
		return strings.TrimRight(line, "\r\n"), nil
	}
	var typed [2]string
	for i, prompt := range []string{"Password of " + name + ": ", "Once more: "} {
		text, err := e.secret(e.cli.App.Reader.(*os.File), prompt)
		if err != nil {
			return "", fmt.Errorf("read password: %w", err)
		}
		typed[i] = string(text)
	}
	if typed[0] != typed[1] {
		return "", usage("the two passwords differ")
	}
	return typed[0], nil
}

func (e *env) listUsers(users *user.File) error {
	all, err := users.List()
	if err != nil {
		return err
	}
	if e.cli.Bool("json") {
		out := []map[string]any{}
		for _, p := range all {
			out = append(out, map[string]any{"name": p.Name, "roles": p.Roles})
		}
		return e.print(out)
	}
	if len(all) == 0 {
		fmt.Fprintf(e.out, "nobody may log in: %s has no users\n", users.Path())
		return nil
	}
	t := table.NewWriter()
	t.SetOutputMirror(e.out)
	t.SetStyle(table.StyleLight)
	t.Style().Format.Header = 0
	t.AppendHeader(table.Row{"name", "roles"})
	for _, p := range all {
		words := make([]string, len(p.Roles))
		for i, r := range p.Roles {
			words[i] = string(r)
		}
		t.AppendRow(table.Row{p.Name, strings.Join(words, ", ")})
	}
	t.Render()
	return nil
}
