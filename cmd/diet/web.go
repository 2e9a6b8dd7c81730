package main

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"golang.org/x/crypto/ssh"

	"github.com/diet-project/diet/engine"
	"github.com/diet-project/diet/engine/serve/oidc"
	"github.com/diet-project/diet/engine/serve/user"
	"github.com/diet-project/diet/engine/serve/web"
)

// pages are the settings of the pages that diet serve shows.
func (s *service) pages() (web.Config, error) {
	signer, err := readServeKey(strings.TrimSuffix(s.env.mirrorPath(), ".db") + ".serve.key")
	if err != nil {
		return web.Config{}, err
	}
	public := strings.TrimSpace(string(ssh.MarshalAuthorizedKey(signer.PublicKey())))
	if s.base.Approvers, err = s.base.Approvers.WithServers(public); err != nil {
		return web.Config{}, err
	}
	others := engine.StateOther
	if s.env.config.CompletePlans {
		others = engine.StateAbandoned
	}
	signOn, err := s.env.signOn()
	if err != nil {
		return web.Config{}, err
	}
	users := s.env.users()
	s.base.Approving = func(person string) bool {
		p, known, err := users.Find(person)
		return err == nil && (known && p.May(user.Approver) || !known && signOn != nil) // the provider knows more people
	}
	form, err := s.jobs.Sessions().Key(s.env.cli.Context, "login form")
	if err != nil {
		return web.Config{}, err
	}
	s.log.Info("approvals of logged-in users are signed", "key", public)
	return web.Config{
		Open: s.open, Jobs: s.jobs, Others: others, Queries: s.env.config.Queries, Users: users, Local: whoAmI(),
		Sessions: s.jobs.Sessions(), Form: form,
		Signer: signer, Committed: s.committed, Secure: s.env.secure(), SignOn: signOn, Version: version, Logger: s.log,
	}, nil
}

// signOn is the identity provider, nil if there is none.
func (e *env) signOn() (*oidc.Provider, error) {
	c := e.config.Serve.OIDC
	if c.Issuer == "" {
		return nil, nil //nolint:nilnil // there is none
	}
	if e.config.Serve.URL == "" {
		return nil, usage("%w", e.config.Wrong("serve.oidc", errors.New("it takes serve.url, the address at which people reach diet serve")))
	}
	secret, err := fromEnv(c.ClientSecret)
	if err != nil {
		return nil, usage("%w", e.config.Wrong("serve.oidc.client_secret", err))
	}
	cfg := oidc.Config{
		Issuer: c.Issuer, ClientID: c.ClientID, ClientSecret: secret, Redirect: strings.TrimSuffix(e.config.Serve.URL, "/") + web.BackPath,
		Name: c.Name, Groups: c.Groups, Scopes: c.Scopes, Roles: map[string][]user.Role{},
	}
	for group, roles := range c.Roles {
		for _, r := range roles {
			cfg.Roles[group] = append(cfg.Roles[group], user.Role(r))
		}
	}
	provider, err := oidc.New(cfg)
	if err != nil {
		return nil, usage("%w", e.config.Wrong("serve.oidc", err))
	}
	return provider, nil
}

// secure reports whether browsers come by TLS, to diet serve or to a gateway ahead of it.
func (e *env) secure() bool {
	return e.cli.String("tls-cert") != "" || strings.HasPrefix(e.config.Serve.URL, "https://")
}

// readServeKey reads the key that signs what logged-in people approve, and makes it the first
// time.
func readServeKey(path string) (ssh.Signer, error) {
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		text, err = makeServeKey(path)
	}
	if err != nil {
		return nil, fmt.Errorf("read key of the server: %w", err)
	}
	signer, err := ssh.ParsePrivateKey(text)
	if err != nil {
		return nil, fmt.Errorf("read key of the server, %s: %w", path, err)
	}
	return signer, nil
}

func makeServeKey(path string) ([]byte, error) {
	_, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		return nil, err
	}
	block, err := ssh.MarshalPrivateKey(private, "diet serve")
	if err != nil {
		return nil, err
	}
	text := pem.EncodeToMemory(block)
	return text, os.WriteFile(path, text, 0o600)
}

// committed is what git has of a file, "" for one that it does not know.
func committed(ctx context.Context, file string) string {
	var out bytes.Buffer
	git := exec.CommandContext(ctx, "git", "-C", filepath.Dir(file), "show", "HEAD:./"+filepath.Base(file)) //nolint:gosec // no shell
	git.Stdout = &out
	if git.Run() != nil {
		return "" // no git, no repository, or a new file
	}
	return out.String()
}
