package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/diet-project/diet/engine/answer"
	"github.com/diet-project/diet/engine/serve/source"
)

// sources are the repositories of diet.yaml. Their files lie beside the mirror.
func (e *env) sources() ([]*source.Source, error) {
	var out []*source.Source
	for i, c := range e.config.Sources {
		at := fmt.Sprintf("sources[%d]", i)
		token, err := fromEnv(c.Token)
		if err != nil {
			return nil, usage("%w", e.config.Wrong(at+".token", err))
		}
		dir, err := filepath.Abs(filepath.Join(strings.TrimSuffix(e.mirrorPath(), ".db")+".sources", c.Name))
		if err != nil {
			return nil, err
		}
		s, err := source.New(source.Config{
			Name: c.Name, URL: c.URL, Branch: c.Branch, Path: c.Path, User: c.User, Token: token, Key: string(c.Key),
			KnownHosts: string(c.KnownHosts), Push: c.Push, Mail: c.Mail, Dir: dir, Env: forGit(os.Environ()),
		})
		if err != nil {
			return nil, usage("%w", e.config.Wrong(at, err))
		}
		if slices.ContainsFunc(out, func(o *source.Source) bool { return o.Name() == s.Name() }) {
			return nil, usage("%w", e.config.Wrong(at+".name", fmt.Errorf("two sources are called %q", s.Name())))
		}
		out = append(out, s)
	}
	return out, nil
}

// forGit is what git gets of an environment: where things are, and nothing secret.
func forGit(environ []string) []string {
	names := []string{
		"PATH", "HOME", "USER", "LOGNAME", "TMPDIR", "SSH_AUTH_SOCK", "XDG_CONFIG_HOME", "SSL_CERT_FILE", "SSL_CERT_DIR",
		"GIT_SSL_CAINFO", "GIT_EXEC_PATH", "GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "ALL_PROXY",
	}
	var out []string
	for _, pair := range environ {
		name, value, _ := strings.Cut(pair, "=")
		if name == "HOME" { // git ends where it may not look for its settings, as in a service of systemd
			if _, err := os.Stat(filepath.Join(value, ".gitconfig")); errors.Is(err, fs.ErrPermission) {
				continue
			}
		}
		if slices.Contains(names, strings.ToUpper(name)) {
			out = append(out, pair)
		}
	}
	return out
}

// pull pulls all sources at once, and logs what has changed; what cannot be pulled the plans tell.
func (s *service) pull(ctx context.Context) {
	var all sync.WaitGroup
	for _, src := range s.sources {
		all.Go(func() { s.pullOne(ctx, src) })
	}
	all.Wait()
}

func (s *service) pullOne(ctx context.Context, src *source.Source) {
	before, wrong := src.Commit(), src.Err()
	err := src.Pull(ctx)
	switch now := src.Commit(); {
	case ctx.Err() != nil:
	case err != nil && (wrong == nil || wrong.Error() != err.Error()):
		s.log.Error("pull", "source", src.Name(), "error", err)
	case err == nil && (wrong != nil || now != before):
		s.log.Info("pull", "source", src.Name(), "commit", now)
	}
}

// keepPulling pulls the sources at their intervals, and when a webhook says so, until the context
// ends; the function that it returns waits for that.
func (s *service) keepPulling(ctx context.Context) (wait func()) {
	ctx, stop := context.WithCancel(ctx)
	var all sync.WaitGroup
	for i, src := range s.sources {
		interval, _ := time.ParseDuration(s.env.config.Sources[i].Interval) // the schema has checked it
		all.Go(func() {
			for s.awaitPull(ctx, interval) {
				s.pullOne(ctx, src)
			}
		})
	}
	return func() { stop(); all.Wait() }
}

// awaitPull waits for an interval, or for a webhook; false where the context has ended.
func (s *service) awaitPull(ctx context.Context, interval time.Duration) bool {
	timer := time.NewTimer(max(interval, time.Second))
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
	case <-s.hinted:
		select { // who pushes once often pushes again; and a hint that is sent again and again costs little
		case <-ctx.Done():
			return false
		case <-time.After(hintPause):
		}
		s.pull(ctx) // whichever source it was
	}
	return true
}

// hintPause is how long to wait before what a webhook told of is pulled.
const hintPause = time.Second

// hint has all plans pulled, and checked soon.
func (s *service) hint(ctx context.Context) (int, error) {
	select {
	case s.hinted <- struct{}{}:
	default: // somebody is told already
	}
	return s.jobs.Hint(ctx)
}

// sourceOf is the source of a file, nil for one that was not pulled.
func (s *service) sourceOf(file string) *source.Source {
	if path, err := filepath.Abs(file); err == nil {
		for _, src := range s.sources {
			if src.Has(path) {
				return src
			}
		}
	}
	return nil
}

// answer adds answers to a file of them, or to the branch that it is of.
func (s *service) answer(ctx context.Context, file string, given []answer.Answer) error {
	if src := s.sourceOf(file); src != nil {
		return src.Answer(ctx, file, given)
	}
	return answer.Edit(ctx, file, func(f *answer.File) error { return f.PutAll(given) })
}

// committed is what version control has of a file, "" for one that it does not know.
func (s *service) committed(ctx context.Context, file string) string {
	if src := s.sourceOf(file); src != nil {
		return src.Committed(ctx, file)
	}
	return committed(ctx, file)
}
