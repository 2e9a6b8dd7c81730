package netbox

import (
	"errors"
	"fmt"
	"log/slog"
	"math"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	gonetbox "github.com/netbox-community/go-netbox/v4"
	"golang.org/x/time/rate"
)

// Config says how to reach NetBox.
type Config struct {
	// URL is NetBox's address, such as https://netbox.example.org; a trailing
	// /api is dropped.
	URL string

	// Token is an API token; one that begins with "nbt_" is a version 2 token of NetBox
	// 4.5.
	Token string

	// Branch is the one of the branching plugin to read and write; see [Client.ReadyBranch].
	// Defaults to NetBox itself.
	Branch *Branch

	// TLS is for a URL that begins with https. Not used with an HTTPClient.
	TLS TLS

	// HTTPClient carries the requests. Defaults to one of its own with the proxy settings
	// of the environment. Its redirect policy is not used.
	HTTPClient *http.Client

	// UserAgent defaults to "diet".
	UserAgent string

	// PageSize is how many objects to request per page; NetBox may return fewer. Defaults
	// to 1000.
	PageSize int

	// Timeout is for one request, including its body. Defaults to 2 minutes, after which
	// NetBox's own web server gives up.
	Timeout time.Duration

	// Rate is the maximum number of requests a second, retries included. Defaults to no
	// limit.
	Rate float64

	// RetryPause is the pause before the first retry; it grows by half each time, up to
	// five requests. Defaults to 500 ms.
	RetryPause time.Duration

	// Logger gets a line per request, at debug level. Defaults to none.
	Logger *slog.Logger
}

// String leaves the token out.
func (c Config) String() string { return c.URL }

// GoString leaves the token out.
func (c Config) GoString() string { return fmt.Sprintf("netbox.Config{URL: %q}", c.URL) }

// Client reads and writes one NetBox. It is safe for concurrent use.
type Client struct {
	api      *gonetbox.APIClient
	http     *http.Client
	base     string // without a trailing slash and without /api
	branch   *Branch
	redact   *strings.Replacer
	pageSize int
	pause    time.Duration
	rate     *rate.Limiter
	governor *governor
	log      *slog.Logger

	sent     atomic.Int64
	bodiless atomic.Bool // a gateway drops the bodies of DELETE requests

	mu     sync.Mutex
	server *Server // what Probe found
}

// New returns a client, without sending a request. It fails if URL or token are
// malformed, or a file of certificates cannot be read; the error does not show the token.
func New(cfg Config) (*Client, error) {
	base, err := baseURL(cfg.URL)
	if err != nil {
		return nil, err
	}
	if err := checkToken(cfg.Token); err != nil {
		return nil, err
	}
	c := &Client{
		base:     base.String(),
		branch:   cfg.Branch,
		redact:   strings.NewReplacer(cfg.Token, "[token]"),
		pageSize: orDefault(cfg.PageSize, 1000),
		pause:    orDefault(cfg.RetryPause, 500*time.Millisecond),
		governor: newGovernor(),
		rate:     rate.NewLimiter(rate.Limit(orDefault(cfg.Rate, math.Inf(1))), 1),
		log:      cfg.Logger,
	}
	if c.log == nil {
		c.log = slog.New(slog.DiscardHandler)
	}
	if c.http, err = httpClient(cfg, base.Host, &c.sent); err != nil {
		return nil, err
	}

	api := gonetbox.NewConfiguration()
	api.HTTPClient = c.http
	api.Servers = gonetbox.ServerConfigurations{{URL: c.base}}
	c.api = gonetbox.NewAPIClient(api)
	return c, nil
}

// URL is NetBox's address, without a trailing slash.
func (c *Client) URL() string { return c.base }

// Instance names what is read and written, in the mirror and the store: NetBox's address, and
// the branch.
func (c *Client) Instance() string {
	if c.branch == nil {
		return c.base
	}
	return c.base + "#" + c.branch.Schema
}

// Requests is how many requests the client has sent, retries included.
func (c *Client) Requests() int64 { return c.sent.Load() }

func baseURL(s string) (*url.URL, error) {
	u, err := url.Parse(strings.TrimSpace(s))
	if err != nil {
		return nil, errors.New("netbox url: not a URL")
	}
	switch {
	case u.Scheme != "http" && u.Scheme != "https":
		return nil, fmt.Errorf("netbox url %q: want http:// or https://", u.Redacted())
	case u.Host == "":
		return nil, fmt.Errorf("netbox url %q: no host", u.Redacted())
	case u.User != nil:
		return nil, fmt.Errorf("netbox url %q: remove the user and password, use a token", u.Redacted())
	case u.RawQuery != "" || u.Fragment != "":
		return nil, fmt.Errorf("netbox url %q: remove the query", u.Host+u.Path)
	}
	u.Path = strings.TrimSuffix(strings.TrimRight(u.Path, "/"), "/api")
	u.RawPath = ""
	return u, nil
}

// noTokenError is a NetBox without a token.
type noTokenError struct{}

func (noTokenError) Error() string { return "netbox token: empty" }

// Hint says how to give one.
func (noTokenError) Hint() string { return "set NETBOX_TOKEN, or pass --token" }

// checkToken refuses what cannot be a token, or cannot be in a header.
func checkToken(token string) error {
	if token == "" {
		return noTokenError{}
	}
	for _, prefix := range []string{"Token ", "Bearer "} {
		if strings.HasPrefix(token, prefix) {
			return fmt.Errorf("netbox token: leave out the word %q before it", strings.TrimSpace(prefix))
		}
	}
	for _, r := range token {
		if r <= ' ' || r > '~' {
			return errors.New("netbox token: holds a space or a character that tokens do not have")
		}
	}
	return nil
}

func orDefault[T comparable](v, def T) T {
	var zero T
	if v == zero {
		return def
	}
	return v
}
