// Package source keeps plans as a branch of a git repository has them, and commits people's
// answers to it.
//
// A [Source] fetches the branch into a repository of its own, writes the files of a commit to a
// new folder, and leads the name [Source.Folder] to that folder in one step once all of it is
// there: whoever reads plans sees a commit or the one before it, and never half of one. It runs
// the program git, which speaks all that hosts ask for: keys and agents of SSH, known hosts,
// proxies, authorities. What a repository holds is data alone: no hook, filter, submodule or
// link that leads out of it counts. The package knows nothing of plans; of the files it knows
// those with answers.
package source

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"time"

	"github.com/diet-project/diet/engine/answer"
)

// Config configures a [Source].
type Config struct {
	Name   string
	URL    string
	Branch string // defaults to main

	// Path is the folder, or the file, with the plans in the repository; "" is all of it.
	Path string

	// User and Token are for https; User defaults to diet.
	User, Token string

	// Key and KnownHosts are files for ssh. Without a key an agent, or ssh's own settings, have one.
	Key, KnownHosts string

	// Push has answers committed, and pushed to the branch. Else they are kept here until the
	// branch has them.
	Push bool

	// Mail is the domain of the addresses of those who answer; a name that is an address stays.
	Mail string

	// Dir is the folder of the source, which nobody else writes.
	Dir string

	// Env is the environment of git.
	Env []string

	// Timeout is how long git may take for one thing. Defaults to 2 minutes.
	Timeout time.Duration

	// Now returns the current time. Defaults to time.Now.
	Now func() time.Time
}

// Source is a branch of a repository.
type Source struct {
	cfg Config

	work sync.Mutex // of who fetches or commits

	mu    sync.Mutex
	begun int   // how often it was begun to pull
	err   error // why it could not be pulled, nil if it could
}

// plain is what names and branches may look like: they become arguments and folders.
var (
	plainName   = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,31}$`)
	plainBranch = regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9._/+-]{0,199}$`)
)

// New checks how a source is configured. Nothing is fetched yet.
func New(cfg Config) (*Source, error) {
	cfg.Branch, cfg.User = cmp.Or(cfg.Branch, "main"), cmp.Or(cfg.User, "diet")
	cfg.Mail, cfg.Timeout = cmp.Or(cfg.Mail, "diet.invalid"), cmp.Or(cfg.Timeout, 2*time.Minute)
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	switch {
	case !plainName.MatchString(cfg.Name):
		return nil, fmt.Errorf("source %q: want a name of small letters, digits and dashes", cfg.Name)
	case !plainBranch.MatchString(cfg.Branch) || strings.Contains(cfg.Branch, ".."):
		return nil, fmt.Errorf("source %s: %q is no branch", cfg.Name, cfg.Branch)
	case cfg.Path != "" && !filepath.IsLocal(cfg.Path):
		return nil, fmt.Errorf("source %s: the path %q leads out of the repository", cfg.Name, cfg.Path)
	}
	if err := checkURL(&cfg); err != nil {
		return nil, fmt.Errorf("source %s: %w", cfg.Name, err)
	}
	cfg.Path = path.Clean(filepath.ToSlash(cfg.Path))
	return &Source{cfg: cfg}, nil
}

// checkURL refuses addresses that would show a secret, or send it where others can read it. It
// does not repeat the address: that may hold one.
func checkURL(cfg *Config) error {
	scheme, _, is := strings.Cut(cfg.URL, "://")
	if !is { // a path, or USER@HOST:PATH
		if cfg.URL == "" || strings.HasPrefix(cfg.URL, "-") || strings.Contains(cfg.URL, "::") {
			return errors.New("the url is none of a git repository")
		}
		scheme = "ssh"
	}
	u, err := url.Parse(cfg.URL)
	switch {
	case scheme == "ssh" || scheme == "file" || scheme == "https" || scheme == "http":
	default:
		return errors.New("the url must begin with https://, ssh://, file://, or be USER@HOST:PATH")
	}
	if !is {
		return noToken(cfg)
	}
	if err != nil {
		return errors.New("the url is none of a git repository")
	}
	if _, with := u.User.Password(); with || u.User.String() != "" && strings.HasPrefix(scheme, "http") {
		return errors.New("the url holds a user or a password: move them to user and token")
	}
	if scheme == "http" && cfg.Token != "" && !loopback(u.Hostname()) {
		return errors.New("the token would cross the network as it is: use https://")
	}
	if !strings.HasPrefix(scheme, "http") {
		return noToken(cfg)
	}
	return nil
}

func noToken(cfg *Config) error {
	if cfg.Token != "" {
		return errors.New("a token goes with https://; for ssh there is key")
	}
	return nil
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// Name is what the source is called.
func (s *Source) Name() string { return s.cfg.Name }

// Shown is where the plans come from, for people.
func (s *Source) Shown() string { return s.cfg.URL + " " + s.cfg.Branch }

// now is the link to the files of the commit that counts.
func (s *Source) now() string { return filepath.Join(s.cfg.Dir, "now") }

// Folder is the name of the folder, or file, with the plans. It stays the same, whatever commit
// it leads to.
func (s *Source) Folder() string { return filepath.Join(s.now(), filepath.FromSlash(s.cfg.Path)) }

// Root is where the files of the commit are that counts now: of them,
// answers that are kept here alone change. It is
// "" where none was ever pulled. Base is the name that leads there.
func (s *Source) Root() (root, base string) {
	target, err := filepath.EvalSymlinks(s.now())
	if err != nil {
		return "", s.now()
	}
	return target, s.now()
}

// Within is [Source.Folder] in a root.
func (s *Source) Within(root string) string {
	return filepath.Join(root, filepath.FromSlash(s.cfg.Path))
}

// Commit is the id of the commit that counts, "" where none was ever pulled.
func (s *Source) Commit() string {
	root, _ := s.Root()
	if root == "" {
		return ""
	}
	id, _, _ := strings.Cut(filepath.Base(root), "-")
	return id
}

// Err is why the branch could not be pulled the last time, nil if it could.
func (s *Source) Err() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.err
}

// Pull brings the files to what the branch has. Several who ask at once are told the same: what
// began to be pulled after they asked.
func (s *Source) Pull(ctx context.Context) error {
	asked := s.pulls()
	s.work.Lock()
	defer s.work.Unlock()
	if s.pulls() > asked {
		return s.Err()
	}
	s.mu.Lock()
	s.begun++
	s.mu.Unlock()
	var err error
	if err = s.alone(ctx, func() error { return s.pull(ctx) }); ctx.Err() != nil {
		return ctx.Err() // nothing is known
	}
	if err != nil {
		err = &PullError{Source: s.cfg.Name, err: err}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.err = err
	return err
}

// pulls is how many times it was begun to pull.
func (s *Source) pulls() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.begun
}

// PullError is a branch that could not be pulled.
type PullError struct {
	Source string
	err    error
}

func (e *PullError) Error() string {
	return fmt.Sprintf("plans of %s cannot be pulled: %v", e.Source, e.err)
}

// Unwrap is what git said.
func (e *PullError) Unwrap() error { return e.err }

// Hint says what counts until then.
func (e *PullError) Hint() string {
	return "what was pulled last counts until it works again; nothing is applied by schedule meanwhile"
}

// alone keeps other processes out of the folder.
func (s *Source) alone(ctx context.Context, do func() error) error {
	if err := os.MkdirAll(s.cfg.Dir, 0o700); err != nil {
		return fmt.Errorf("make folder of source: %w", err)
	}
	release, err := answer.Lock(ctx, s.cfg.Dir)
	if err != nil {
		return fmt.Errorf("lock folder of source: %w", err)
	}
	defer release()
	return do()
}

// pull fetches the branch, and leads to its files.
func (s *Source) pull(ctx context.Context) error {
	head, err := s.fetch(ctx)
	if err != nil {
		return err
	}
	if head == s.Commit() {
		return nil
	}
	return s.lead(ctx, head)
}
