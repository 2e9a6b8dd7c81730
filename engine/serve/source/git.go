package source

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// head is the ref under which the branch is kept here.
const head = "refs/diet/head"

// repository is the repository that is fetched into: a cache.
func (s *Source) repository() string { return filepath.Join(s.cfg.Dir, "repo.git") }

// fetch brings the newest commit of the branch here, and returns its id.
func (s *Source) fetch(ctx context.Context) (string, error) {
	if _, err := s.git(ctx, call{}, "rev-parse", "--git-dir"); err != nil {
		if err := os.RemoveAll(s.repository()); err != nil { // half of one
			return "", fmt.Errorf("remove damaged repository: %w", err)
		}
		if _, err := s.git(ctx, call{}, "init", "--quiet", "--bare", s.repository()); err != nil {
			return "", err
		}
	}
	_, err := s.git(ctx, call{}, "fetch", "--quiet", "--no-tags", "--depth=1", "--no-write-fetch-head",
		"--", s.cfg.URL, "+refs/heads/"+s.cfg.Branch+":"+head)
	if err != nil {
		return "", err
	}
	return s.line(ctx, call{}, "rev-parse", "--verify", head+"^{commit}")
}

// call is how git is run.
type call struct {
	in    []byte
	index string // the file of the index
	env   []string
}

// settings keep what a repository, or the settings of whoever runs diet, could have git do.
var settings = []string{
	"core.hooksPath=/dev/null", "core.fsmonitor=false", "submodule.recurse=false", "gc.autoDetach=false", "core.askPass=",
	"http.followRedirects=false", "protocol.allow=never", "protocol.https.allow=always", "protocol.http.allow=always",
	"protocol.ssh.allow=always", "protocol.file.allow=always",
}

// git runs git, and returns what it prints.
func (s *Source) git(ctx context.Context, c call, args ...string) ([]byte, error) {
	var out bytes.Buffer
	err := s.run(ctx, c, bytes.NewReader(c.in), &out, args...)
	return out.Bytes(), err
}

// line is git for what prints one line.
func (s *Source) line(ctx context.Context, c call, args ...string) (string, error) {
	out, err := s.git(ctx, c, args...)
	return strings.TrimSpace(string(out)), err
}

// run runs git with an input and an output.
func (s *Source) run(ctx context.Context, c call, in io.Reader, out io.Writer, args ...string) error {
	within, done := context.WithTimeout(ctx, s.cfg.Timeout)
	defer done()
	all := []string{"--git-dir=" + s.repository()}
	for _, one := range settings {
		all = append(all, "-c", one)
	}
	cmd := exec.CommandContext(within, "git", append(all, args...)...) //nolint:gosec // no shell, and what is configured is checked
	var said bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = in, out, &said
	cmd.Dir, cmd.Env = s.cfg.Dir, append(s.environment(c), c.env...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // with what it starts
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	cmd.WaitDelay = 5 * time.Second
	err := cmd.Run()
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return ctx.Err()
	case within.Err() != nil:
		return fmt.Errorf("git %s took longer than %s", args[0], s.cfg.Timeout)
	case errors.Is(err, exec.ErrNotFound):
		return errors.New("there is no git on this machine")
	}
	return fmt.Errorf("git %s: %s", args[0], s.explained(said.String(), err))
}

// environment is what git gets to see. The token is neither in the arguments, which others can
// read, nor in a file; a helper hands it out to the host of the url alone.
func (s *Source) environment(c call) []string {
	env := append([]string{}, s.cfg.Env...)
	env = append(env, "GIT_TERMINAL_PROMPT=0", "GIT_LFS_SKIP_SMUDGE=1", "LC_ALL=C", "GIT_SSH_COMMAND="+s.ssh())
	if c.index != "" {
		env = append(env, "GIT_INDEX_FILE="+c.index)
	}
	if u, err := url.Parse(s.cfg.URL); err == nil && s.cfg.Token != "" {
		env = append(env, "DIET_GIT_USER="+s.cfg.User, "DIET_GIT_TOKEN="+s.cfg.Token, "GIT_CONFIG_COUNT=2",
			"GIT_CONFIG_KEY_0=credential.helper", "GIT_CONFIG_VALUE_0=", // no other one
			"GIT_CONFIG_KEY_1=credential."+u.Scheme+"://"+u.Host+".helper",
			`GIT_CONFIG_VALUE_1=!f() { test "$1" = get && printf 'username=%s\npassword=%s\n' "$DIET_GIT_USER" "$DIET_GIT_TOKEN"; }; f`)
	}
	return env
}

// ssh is the command for ssh, which asks nobody and goes to hosts that are known alone.
func (s *Source) ssh() string {
	words := []string{"ssh", "-o", "BatchMode=yes", "-o", "StrictHostKeyChecking=yes"}
	if s.cfg.KnownHosts != "" {
		words = append(words, "-o", quoted("UserKnownHostsFile="+s.cfg.KnownHosts))
	}
	if s.cfg.Key != "" {
		words = append(words, "-o", "IdentitiesOnly=yes", "-i", quoted(s.cfg.Key))
	}
	return strings.Join(words, " ")
}

// quoted is a word for the shell that git has split the command.
func quoted(word string) string { return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'" }

// longest is how many bytes of what git says are handed on.
const longest = 600

// explained is what git said, on one line, without the token.
func (s *Source) explained(said string, err error) string {
	var lines []string
	for line := range strings.SplitSeq(said, "\n") {
		line = strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(line), "fatal:"))
		if line != "" && !strings.HasPrefix(line, "hint:") && !strings.HasPrefix(line, "To ") {
			lines = append(lines, line)
		}
	}
	text := strings.Join(lines, "; ")
	if s.cfg.Token != "" {
		pair := base64.StdEncoding.EncodeToString([]byte(s.cfg.User + ":" + s.cfg.Token))
		text = strings.NewReplacer(s.cfg.Token, "***", url.QueryEscape(s.cfg.Token), "***", pair, "***").Replace(text)
	}
	if text == "" {
		text = err.Error()
	}
	return text[:min(len(text), longest)]
}
