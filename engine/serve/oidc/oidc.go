// Package oidc logs people in by an OpenID Connect provider: who they are and what they may do
// stands in the claims of a token that it signs.
//
// A login goes to the provider and comes back with a code (authorization code flow with PKCE);
// what belongs to it in between is a [Flow], which the browser keeps. The package knows nothing
// of pages and sessions.
package oidc

import (
	"cmp"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"github.com/diet-project/diet/engine/serve/user"
)

// Config says who logs people in.
type Config struct {
	Issuer, ClientID, ClientSecret string

	// Redirect is the address to which the provider sends browsers back.
	Redirect string

	// Name is the claim with a person's name, and Groups the one by which roles are given; dots
	// lead into objects. They default to preferred_username and groups.
	Name, Groups string

	// Scopes are asked for beside openid. They default to profile and email, and what the claim
	// with the groups is called, where the provider knows a scope of that name.
	Scopes []string

	// Roles are those that each group has; those of [Everybody] are for whoever logs in.
	Roles map[string][]user.Role

	// Client speaks to the provider. Defaults to one that waits for ten seconds.
	Client *http.Client
}

// Everybody stands for whoever the provider knows.
const Everybody = "*"

// Provider logs people in.
type Provider struct {
	cfg Config

	mu    sync.Mutex
	found *oidc.Provider // once it has said where its pages are
}

// New returns a provider. It is asked at the first login: diet may start before it.
func New(cfg Config) (*Provider, error) {
	cfg.Name, cfg.Groups = cmp.Or(cfg.Name, "preferred_username"), cmp.Or(cfg.Groups, "groups")
	if cfg.Client == nil {
		cfg.Client = &http.Client{Timeout: 10 * time.Second}
	}
	if cfg.Issuer == "" || cfg.ClientID == "" || len(cfg.Roles) == 0 {
		return nil, errors.New("single sign-on takes an issuer, a client_id and roles")
	}
	for group, roles := range cfg.Roles {
		for _, r := range roles {
			if !slices.Contains(user.Roles(), r) {
				return nil, fmt.Errorf("roles of the group %q: unknown role %q", group, r)
			}
		}
	}
	return &Provider{cfg: cfg}, nil
}

// Stamp changes with who logs people in, and with the roles that groups have: a session of before
// does not outlast it.
func (p *Provider) Stamp() string {
	sum := sha256.Sum256([]byte(fmt.Sprint(p.cfg.Issuer, " ", p.cfg.ClientID, " ", p.cfg.Name, " ", p.cfg.Groups, " ", p.cfg.Roles)))
	return hex.EncodeToString(sum[:8])
}

// Flow is a login under way. It is for the browser alone that began it.
type Flow struct {
	State, Nonce, Verifier string
}

// discover asks the provider where its pages are, once.
func (p *Provider) discover(ctx context.Context) (*oidc.Provider, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.found != nil {
		return p.found, nil
	}
	found, err := oidc.NewProvider(p.client(context.WithoutCancel(ctx)), p.cfg.Issuer)
	if err != nil {
		return nil, fmt.Errorf("ask the identity provider: %w", err)
	}
	p.found = found
	return found, nil
}

func (p *Provider) client(ctx context.Context) context.Context {
	return oidc.ClientContext(ctx, p.cfg.Client)
}

func (p *Provider) oauth(found *oidc.Provider) *oauth2.Config {
	return &oauth2.Config{
		ClientID: p.cfg.ClientID, ClientSecret: p.cfg.ClientSecret, RedirectURL: p.cfg.Redirect, Endpoint: found.Endpoint(),
		Scopes: append([]string{oidc.ScopeOpenID}, p.scopes(found)...),
	}
}

// scopes are asked for beside openid.
func (p *Provider) scopes(found *oidc.Provider) []string {
	if p.cfg.Scopes != nil {
		return p.cfg.Scopes
	}
	out := []string{"profile", "email"}
	var said struct {
		Scopes []string `json:"scopes_supported"`
	}
	groups, _, _ := strings.Cut(p.cfg.Groups, ".")
	if err := found.Claims(&said); err == nil && slices.Contains(said.Scopes, groups) && !slices.Contains(out, groups) {
		out = append(out, groups)
	}
	return out
}

// Begin is the address of the provider's login, and what has to come back from there.
func (p *Provider) Begin(ctx context.Context) (address string, flow Flow, err error) {
	found, err := p.discover(ctx)
	if err != nil {
		return "", Flow{}, err
	}
	flow = Flow{State: rand.Text(), Nonce: rand.Text(), Verifier: oauth2.GenerateVerifier()}
	return p.oauth(found).AuthCodeURL(flow.State, oidc.Nonce(flow.Nonce), oauth2.S256ChallengeOption(flow.Verifier)), flow, nil
}

// Finish is who logged in, or fails with [user.ErrDenied] where they may do nothing here.
func (p *Provider) Finish(ctx context.Context, flow Flow, state, code string) (user.Person, error) {
	if flow.State == "" || subtle.ConstantTimeCompare([]byte(flow.State), []byte(state)) != 1 {
		return user.Person{}, errors.New("this is not the login that was begun in this browser")
	}
	found, err := p.discover(ctx)
	if err != nil {
		return user.Person{}, err
	}
	ctx = p.client(ctx)
	token, err := p.oauth(found).Exchange(ctx, code, oauth2.VerifierOption(flow.Verifier))
	if err != nil {
		return user.Person{}, fmt.Errorf("redeem code: %w", err)
	}
	claims, err := p.claims(ctx, found, token, flow.Nonce)
	if err != nil {
		return user.Person{}, err
	}
	return p.person(claims)
}

// claims are what the provider signed about somebody and, where groups are not in it, what it
// says when it is asked.
func (p *Provider) claims(ctx context.Context, found *oidc.Provider, token *oauth2.Token, nonce string) (map[string]any, error) {
	raw, _ := token.Extra("id_token").(string)
	signed, err := found.VerifierContext(ctx, &oidc.Config{ClientID: p.cfg.ClientID}).Verify(ctx, raw)
	if old := (*oidc.TokenExpiredError)(nil); errors.As(err, &old) {
		return nil, fmt.Errorf("verify token: it was over at %s, and here it is %s: do the clocks of both differ?",
			old.Expiry.UTC().Format(time.RFC3339), time.Now().UTC().Format(time.RFC3339))
	}
	if err != nil {
		return nil, fmt.Errorf("verify token: %w", err)
	}
	if subtle.ConstantTimeCompare([]byte(signed.Nonce), []byte(nonce)) != 1 {
		return nil, errors.New("verify token: it is of another login")
	}
	claims := map[string]any{}
	if err := signed.Claims(&claims); err != nil {
		return nil, fmt.Errorf("read token: %w", err)
	}
	if party, there := claims["azp"]; there && party != p.cfg.ClientID {
		return nil, errors.New("verify token: it was given to another client")
	}
	if at(claims, p.cfg.Groups) != nil && at(claims, p.cfg.Name) != nil || found.UserInfoEndpoint() == "" {
		return claims, nil
	}
	info, err := found.UserInfo(ctx, oauth2.StaticTokenSource(token))
	if err != nil {
		return nil, fmt.Errorf("ask for groups: %w", err)
	}
	more := map[string]any{}
	if err := info.Claims(&more); err != nil || info.Subject != signed.Subject {
		return nil, errors.Join(errors.New("ask for groups: the answer is about somebody else"), err)
	}
	maps.Copy(more, claims) // what is signed counts
	return more, nil
}

// at is a claim; dots lead into objects, unless a claim has that very name.
func at(claims map[string]any, name string) any {
	if v, there := claims[name]; there {
		return v
	}
	first, rest, deeper := strings.Cut(name, ".")
	inner, is := claims[first].(map[string]any)
	if !deeper || !is {
		return nil
	}
	return at(inner, rest)
}

// person is somebody with the roles of their groups.
func (p *Provider) person(claims map[string]any) (user.Person, error) {
	name, _ := at(claims, p.cfg.Name).(string)
	if name == "" {
		return user.Person{}, fmt.Errorf("nothing in the token is called %s: set serve.oidc.name to what holds a person's name, "+
			"or serve.oidc.scopes to what it takes; there are %s", p.cfg.Name, strings.Join(slices.Sorted(maps.Keys(claims)), ", "))
	}
	if p.cfg.Name == "email" && claims["email_verified"] != true {
		return user.Person{}, errors.New("the provider has not verified that address")
	}
	if err := user.CheckName(name); err != nil {
		return user.Person{}, fmt.Errorf("the claim %s: %w", p.cfg.Name, err)
	}
	groups := []string{Everybody}
	switch v := at(claims, p.cfg.Groups).(type) {
	case string:
		groups = append(groups, v)
	case []any:
		for _, g := range v {
			if g, is := g.(string); is && g != Everybody {
				groups = append(groups, g)
			}
		}
	}
	var roles []user.Role
	for _, g := range groups {
		roles = append(roles, p.cfg.Roles[g]...)
	}
	if len(roles) == 0 {
		return user.Person{}, &groupError{name, p.cfg.Groups, groups[1:]}
	}
	slices.Sort(roles)
	return user.Person{Name: name, Roles: slices.Compact(roles)}, nil
}

// groupError is somebody whose groups have no role here.
type groupError struct {
	name, claim string
	groups      []string
}

func (e *groupError) Error() string {
	if len(e.groups) == 0 {
		return fmt.Sprintf("%s is in no group that has a role here: the provider names none in the claim %s; "+
			"serve.oidc.groups says where they are, and serve.oidc.scopes what it takes to be told", e.name, e.claim)
	}
	some := strings.Join(e.groups[:min(len(e.groups), 20)], ", ")
	return fmt.Sprintf("%s is in no group that has a role here: the provider names %s", e.name, some)
}

// Is has it be a [user.ErrDenied].
func (e *groupError) Is(target error) bool { return target == user.ErrDenied }
