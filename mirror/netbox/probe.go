package netbox

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/cenkalti/backoff/v5"

	"github.com/diet-project/diet/mirror/kinds"
)

// Server is what NetBox says about itself.
type Server struct {
	Version     string            // 4.6.8
	FullVersion string            // 4.6.8-Docker-3.2
	Plugins     map[string]string // name to version
	Caps        Caps
	Now         time.Time // its clock, to the second; zero if it did not say
}

// Caps is what a NetBox can do, by its version.
type Caps struct {
	IfMatch              bool // 4.6: ETag and If-Match, in bulk too
	StartCursor          bool // 4.6: start=
	AddTags              bool // 4.6: add_tags and remove_tags
	ChangelogMessage     bool // 4.4: changelog_message
	AuthenticationCheck  bool // 4.5: the token's user
	PortMappings         bool // 4.5: front ports name their rear ports in a list
	StructuredBulkErrors bool // 4.7: which object failed; unknown ids are refused
}

// oldest is the first minor version of NetBox 4 that is supported.
const oldest = 2

// Probe asks NetBox for its version and plugins. It fails with [ErrTooOld] before 4.2,
// [ErrUnauthorized] and [ErrUnreachable]. The client keeps the result, on which later
// requests depend.
func (c *Client) Probe(ctx context.Context) (Server, error) {
	server, err := c.probe(ctx)
	if err != nil {
		return Server{}, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.server = &server
	return server, nil
}

func (c *Client) probe(ctx context.Context) (Server, error) {
	var last error
	pace := backoff.NewExponentialBackOff()
	pace.InitialInterval = c.pause
	server, err := backoff.Retry(ctx, func() (Server, error) {
		server, err := c.status(ctx)
		last = err
		if err != nil && !retryable(http.MethodGet, err) {
			return server, backoff.Permanent(err)
		}
		return server, err
	}, backoff.WithBackOff(pace), backoff.WithMaxTries(tries))
	if err != nil && last != nil {
		return server, last
	}
	return server, err
}

// status makes the one call that uses go-netbox.
func (c *Client) status(ctx context.Context) (Server, error) {
	asked := request{method: http.MethodGet, path: "status"}
	if err := c.rate.Wait(ctx); err != nil {
		return Server{}, c.broken(asked, err, false)
	}
	fields, res, err := c.api.StatusAPI.StatusRetrieve(ctx).Execute() //nolint:bodyclose // go-netbox has read and closed it
	if res == nil || errors.Is(err, ErrTooLarge) {
		return Server{}, c.broken(asked, err, false)
	}
	if err != nil || res.StatusCode != http.StatusOK {
		var body bodied
		if errors.As(err, &body) && res.StatusCode >= 300 {
			return Server{}, c.refused(asked, res, body.Body())
		}
		return Server{}, &Error{Method: asked.method, Path: asked.path, Status: res.StatusCode, Detail: "not the status of a NetBox"}
	}
	answer := answer{header: res.Header}
	server := Server{
		Version:     text(fields["netbox-version"]),
		FullVersion: text(fields["netbox-full-version"]),
		Plugins:     map[string]string{},
		Now:         answer.date(),
	}
	if plugins, ok := fields["plugins"].(map[string]any); ok {
		for name, version := range plugins {
			server.Plugins[name] = text(version)
		}
	}
	server.FullVersion = orDefault(server.FullVersion, server.Version)
	return server, server.judge()
}

// bodied is go-netbox's error.
type bodied interface {
	error
	Body() []byte
}

// judge fills the capabilities from the version.
func (s *Server) judge() (err error) {
	s.Caps, err = CapsOf(s.Version)
	return err
}

// CapsOf is what a NetBox of a version can do. It fails with [ErrTooOld] before 4.2.
func CapsOf(text string) (Caps, error) {
	major, minor, ok := version(text)
	if !ok {
		return Caps{}, fmt.Errorf("netbox status: version %q: %w", text, ErrTooOld)
	}
	if major < 4 || major == 4 && minor < oldest {
		return Caps{}, fmt.Errorf("netbox %s: %w, 4.%d is the oldest", text, ErrTooOld, oldest)
	}
	since := func(n int) bool { return major > 4 || minor >= n }
	return Caps{
		IfMatch:              since(6),
		StartCursor:          since(6),
		AddTags:              since(6),
		ChangelogMessage:     since(4),
		AuthenticationCheck:  since(5),
		PortMappings:         since(5),
		StructuredBulkErrors: since(7),
	}, nil
}

// version reads "4.6.8", "4.6.8-Docker-3.2" and "v4.6".
func version(s string) (major, minor int, ok bool) {
	parts := strings.SplitN(strings.TrimPrefix(s, "v"), ".", 3)
	if len(parts) < 2 {
		return 0, 0, false
	}
	major, err1 := strconv.Atoi(parts[0])
	minor, err2 := strconv.Atoi(strings.SplitN(parts[1], "-", 2)[0])
	return major, minor, err1 == nil && err2 == nil
}

// caps are those of the last probe; none before it.
func (c *Client) caps() Caps {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.server == nil {
		return Caps{}
	}
	return c.server.Caps
}

// probed makes sure that there was a probe.
func (c *Client) probed(ctx context.Context) (Caps, error) {
	c.mu.Lock()
	known := c.server != nil
	c.mu.Unlock()
	if known {
		return c.caps(), nil
	}
	server, err := c.Probe(ctx)
	return server.Caps, err
}

// CanWrite finds out whether the token may create devices, without writing. It returns
// [ErrReadOnly] if not; a server that does not say gets the benefit of the doubt.
func (c *Client) CanWrite(ctx context.Context) error {
	const path = "dcim/devices"
	actions, err := c.actions(ctx, path)
	if err != nil || actions == nil {
		return err
	}
	if _, ok := actions[http.MethodPost]; !ok {
		return &Error{Method: http.MethodPost, Path: path, Status: http.StatusForbidden, Detail: "the token may not write"}
	}
	return nil
}

// User is the name of the token's user, "" if NetBox does not say: it does from 4.5 on.
func (c *Client) User(ctx context.Context) (string, error) {
	caps, err := c.probed(ctx)
	if err != nil || !caps.AuthenticationCheck {
		return "", err
	}
	res, err := c.send(ctx, request{method: http.MethodGet, path: "authentication-check"})
	if err != nil {
		return "", err
	}
	var user struct {
		Username string `json:"username"`
	}
	_ = json.Unmarshal(res.body, &user) // what is no user is nobody
	return user.Username, nil
}

// Choices returns the values that NetBox accepts for the fields of a kind with a fixed
// set of them, including those of the administrator's FIELD_CHOICES. It is empty if
// NetBox does not say: it tells only a token that may write.
func (c *Client) Choices(ctx context.Context, kind kinds.Kind) (map[string][]string, error) {
	actions, err := c.actions(ctx, kind.Endpoint)
	if err != nil {
		return nil, err
	}
	choices := map[string][]string{}
	for name, field := range actions[http.MethodPost] {
		for _, choice := range field.Choices {
			if value, ok := choice.Value.(string); ok {
				choices[name] = append(choices[name], value)
			}
		}
	}
	return choices, nil
}

// action describes the fields that a method takes, by name.
type action map[string]struct {
	Choices []struct {
		Value any `json:"value"`
	} `json:"choices"`
}

// actions asks an endpoint what the token may do there, by method. NetBox lists POST and
// PUT, if they are allowed. It is nil if the server does not say.
func (c *Client) actions(ctx context.Context, path string) (map[string]action, error) {
	res, err := c.send(ctx, request{method: http.MethodOptions, path: path})
	var e *Error
	if errors.As(err, &e) && (e.Status == http.StatusMethodNotAllowed || e.Status == http.StatusNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var options struct {
		Name    string            `json:"name"`
		Actions map[string]action `json:"actions"`
	}
	if err := json.Unmarshal(res.body, &options); err != nil || options.Name == "" {
		return nil, nil //nolint:nilerr // a server that does not say is given the benefit of the doubt
	}
	if options.Actions == nil {
		options.Actions = map[string]action{}
	}
	return options.Actions, nil
}
