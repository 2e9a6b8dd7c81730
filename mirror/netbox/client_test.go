package netbox_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/diet-project/diet/mirror/kinds"
	"github.com/diet-project/diet/mirror/netbox"
)

const token = "0123456789abcdef0123456789abcdef01234567"

// answers is a NetBox that says what a test wants it to say.
type answers struct {
	version string
	handle  func(w http.ResponseWriter, r *http.Request, n int) // n counts from 1, status aside

	mu       sync.Mutex // a request may still be under way when its client has given up
	requests []*http.Request
	bodies   []string
}

func (a *answers) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	if r.URL.Path == "/api/status/" && a.version != "" {
		fmt.Fprintf(w, `{"netbox-version": %q, "netbox-full-version": %q, "plugins": {"x": "1.0"}}`, a.version, a.version)
		return
	}
	body, _ := io.ReadAll(r.Body)
	a.mu.Lock()
	a.requests = append(a.requests, r)
	a.bodies = append(a.bodies, string(body))
	n := len(a.requests)
	a.mu.Unlock()
	w.Header().Set("X-Request-ID", "req-1")
	a.handle(w, r, n)
}

// count is how many requests there were, but for those for the version.
func (a *answers) count() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return len(a.requests)
}

// first is the first of them, with its body.
func (a *answers) first() (*http.Request, string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.requests[0], a.bodies[0]
}

func setup(t *testing.T, version string, handle func(w http.ResponseWriter, r *http.Request, n int)) (*netbox.Client, *answers) {
	t.Helper()
	a := &answers{version: version, handle: handle}
	srv := httptest.NewServer(a)
	t.Cleanup(srv.Close)
	c, err := netbox.New(netbox.Config{URL: srv.URL, Token: token, RetryPause: time.Millisecond, Timeout: 20 * time.Second, PageSize: 2})
	if err != nil {
		t.Fatal(err)
	}
	return c, a
}

func say(status int, body string) func(http.ResponseWriter, *http.Request, int) {
	return func(w http.ResponseWriter, _ *http.Request, _ int) {
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

// Requests keep the distance that a rate asks for; who is interrupted meanwhile sends none.
func TestRate(t *testing.T) {
	t.Parallel()
	a := &answers{version: "4.6.8", handle: say(200, `[]`)}
	srv := httptest.NewServer(a)
	t.Cleanup(srv.Close)
	c, err := netbox.New(netbox.Config{URL: srv.URL, Token: token, Rate: 50})
	if err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	for range 5 {
		if _, err := c.Probe(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if took := time.Since(began); took < 4*20*time.Millisecond {
		t.Errorf("5 requests within %s at 50 a second", took)
	}
	if c, err = netbox.New(netbox.Config{URL: srv.URL, Token: token, Rate: 1e-3}); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Probe(t.Context()); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if _, err := c.Update(ctx, "rack", []map[string]any{{"id": 1}}, netbox.Write{}); err == nil || a.count() != 0 {
		t.Errorf("interrupted: %v after %d requests", err, a.count())
	}
}

func TestNewRefuses(t *testing.T) {
	t.Parallel()
	for _, cfg := range []netbox.Config{
		{URL: "", Token: token},
		{URL: "netbox.example.org", Token: token},
		{URL: "ftp://netbox", Token: token},
		{URL: "https://u:" + token + "@netbox", Token: token},
		{URL: "https://netbox/?token=" + token, Token: token},
		{URL: "https://netbox", Token: ""},
		{URL: "https://netbox", Token: "Token " + token},
		{URL: "https://netbox", Token: token + "\n"},
		{URL: "https://netbox/%zz" + token, Token: token},
	} {
		_, err := netbox.New(cfg)
		if err == nil {
			t.Errorf("New(%v) succeeded", cfg)
		} else if strings.Contains(err.Error(), token) {
			t.Errorf("New(%v): the error shows the token", cfg)
		}
		if s := fmt.Sprintf("%v %+v %#v", cfg, cfg, cfg); strings.Contains(cfg.URL, token) == false && strings.Contains(s, token) {
			t.Errorf("printing the config shows the token: %s", s)
		}
	}
}

// TestIdleConnection never writes to a connection that its server may be about to close.
func TestIdleConnection(t *testing.T) {
	t.Parallel()
	var connections atomic.Int64
	a := &answers{version: "4.6.8", handle: say(http.StatusCreated, `[{"id": 1}]`)}
	srv := httptest.NewUnstartedServer(a)
	srv.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			connections.Add(1)
		}
	}
	srv.Start()
	t.Cleanup(srv.Close)
	c, err := netbox.New(netbox.Config{URL: srv.URL, Token: token})
	if err != nil {
		t.Fatal(err)
	}
	create := func() {
		t.Helper()
		if _, err := c.Create(t.Context(), "site", []map[string]any{{"name": "a"}}, netbox.Write{}); err != nil {
			t.Fatal(err)
		}
	}
	create()
	idle := time.Now()
	create()
	// A machine that is slow between the two makes it idle as well.
	if got := connections.Load(); got != 1 && time.Since(idle) < time.Second {
		t.Errorf("%d connections for two writes at once, want 1", got)
	}
	before := connections.Load()
	time.Sleep(1100 * time.Millisecond)
	create()
	if got := connections.Load(); got != before+1 {
		t.Errorf("%d connections after a pause, want %d", got, before+1)
	}
}

func TestURL(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"https://n.example/":        "https://n.example",
		"https://n.example/api/":    "https://n.example",
		"http://n.example:8/nb/api": "http://n.example:8/nb",
	} {
		c, err := netbox.New(netbox.Config{URL: in, Token: token})
		if err != nil || c.URL() != want {
			t.Errorf("URL %q = %v, %v; want %q", in, c.URL(), err, want)
		}
	}
}

func TestProbe(t *testing.T) {
	t.Parallel()
	for version, want := range map[string]netbox.Caps{
		"4.2.9":        {},
		"4.4.10":       {ChangelogMessage: true},
		"4.6.8-Docker": {IfMatch: true, StartCursor: true, AddTags: true, ChangelogMessage: true, AuthenticationCheck: true, PortMappings: true},
		"4.7.0": {IfMatch: true, StartCursor: true, AddTags: true, ChangelogMessage: true,
			AuthenticationCheck: true, PortMappings: true, StructuredBulkErrors: true},
	} {
		c, _ := setup(t, version, nil)
		s, err := c.Probe(t.Context())
		if err != nil || s.Caps != want || s.Plugins["x"] != "1.0" || s.Now.IsZero() {
			t.Errorf("Probe of %s = %+v, %v", version, s, err)
		}
	}
	c, _ := setup(t, "4.1.11", nil)
	if _, err := c.Probe(t.Context()); !errors.Is(err, netbox.ErrTooOld) {
		t.Errorf("Probe of 4.1: %v", err)
	}
	c, _ = setup(t, "", say(403, `{"detail": "Invalid v1 token"}`))
	if _, err := c.Probe(t.Context()); !errors.Is(err, netbox.ErrUnauthorized) {
		t.Errorf("Probe with a bad token: %v", err)
	}
	c, _ = setup(t, "", say(200, `<html>hello</html>`))
	if _, err := c.Probe(t.Context()); err == nil {
		t.Error("Probe of a web page succeeded")
	}
}

func TestAuthorization(t *testing.T) {
	t.Parallel()
	var got string
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		got = strings.Join(r.Header["Authorization"], "|") + " " + r.UserAgent()
		_, _ = io.WriteString(w, `{"count": 0, "results": []}`)
	}))
	defer srv.Close()
	for tok, want := range map[string]string{token: "Token " + token + " diet", "nbt_abc.defghij": "Bearer nbt_abc.defghij diet"} {
		c, err := netbox.New(netbox.Config{URL: srv.URL, Token: tok})
		if err != nil {
			t.Fatal(err)
		}
		site := kinds.Standard().Must("site")
		if _, err := c.Count(t.Context(), site, nil); err != nil || got != want {
			t.Errorf("authorization %q, %v; want %q", got, err, want)
		}
	}
}

// list serves ids from..to in pages, by id__gt or by start.
func list(to int) func(http.ResponseWriter, *http.Request, int) {
	return func(w http.ResponseWriter, r *http.Request, _ int) {
		q := r.URL.Query()
		first, _ := strconv.Atoi(q.Get("start"))
		if after, err := strconv.Atoi(q.Get("id__gt")); err == nil {
			first = after + 1
		}
		limit, _ := strconv.Atoi(q.Get("limit"))
		var ids []string
		for id := first; id <= to && len(ids) < limit; id++ {
			if len(q["id"]) == 0 || slices.Contains(q["id"], strconv.Itoa(id)) {
				ids = append(ids, fmt.Sprintf(`{"id": %d}`, id))
			}
		}
		next := "null"
		if first+limit <= to {
			next = `"http://elsewhere/"`
		}
		fmt.Fprintf(w, `{"count": %d, "next": %s, "results": [%s]}`, to, next, strings.Join(ids, ","))
	}
}

func ids(t *testing.T, seq func(func(netbox.Page, error) bool)) []int64 {
	t.Helper()
	var out []int64
	for page, err := range seq {
		if err != nil {
			t.Fatal(err)
		}
		var body struct{ Results []struct{ ID int64 } }
		if err := json.Unmarshal(page.Body, &body); err != nil {
			t.Fatal(err)
		}
		for _, r := range body.Results {
			out = append(out, r.ID)
		}
		if page.LastID != out[len(out)-1] || page.Date.IsZero() {
			t.Errorf("page %+v", page)
		}
	}
	return out
}

func TestPages(t *testing.T) {
	t.Parallel()
	device := kinds.Standard().Must("device")
	for _, version := range []string{"4.4.10", "4.6.8"} {
		c, a := setup(t, version, list(5))
		if _, err := c.Probe(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got := ids(t, c.Pages(t.Context(), device, nil)); !slices.Equal(got, []int64{1, 2, 3, 4, 5}) {
			t.Errorf("%s: %v", version, got)
		}
		if a.count() != 3 {
			t.Errorf("%s: %d requests", version, a.count())
		}
		if got := ids(t, c.Pages(t.Context(), device, url.Values{"id__gt": {"3"}})); !slices.Equal(got, []int64{4, 5}) {
			t.Errorf("%s: from 3: %v", version, got)
		}
		first, _ := a.first()
		q := first.URL.Query()
		if q.Has("start") == q.Has("id__gt") || q.Has("start") && q.Has("ordering") || q.Get("fields") != device.Select() {
			t.Errorf("%s: query %v", version, q)
		}
	}
}

func TestPagesRefusesIgnoredFilter(t *testing.T) {
	t.Parallel()
	c, _ := setup(t, "4.4.10", say(200, `{"count": 9, "next": "x", "results": [{"id": 1}, {"id": 2}]}`))
	site := kinds.Standard().Must("site")
	pages := 0
	for _, err := range c.Pages(t.Context(), site, nil) {
		if err != nil {
			return
		}
		if pages++; pages > 5 {
			break
		}
	}
	t.Error("went round in circles")
}

func TestByID(t *testing.T) {
	t.Parallel()
	c, a := setup(t, "4.6.8", list(1000))
	var want []int64
	for id := int64(2); id <= 500; id += 2 {
		want = append(want, id)
	}
	site := kinds.Standard().Must("site")
	a.handle = func(w http.ResponseWriter, r *http.Request, _ int) {
		if n := len(r.URL.RequestURI()); n > 4000 {
			t.Errorf("URL of %d bytes", n)
		}
		q := r.URL.Query()
		if len(q["id"]) > 100 {
			t.Errorf("%d ids", len(q["id"]))
		}
		fmt.Fprint(w, `{"count": 1, "next": null, "results": [{"id": `+strings.Join(q["id"], `}, {"id": `)+`}]}`)
	}
	if got := ids(t, c.ByID(t.Context(), site, want, nil)); !slices.Equal(got, want) {
		t.Errorf("got %d ids", len(got))
	}
	if a.count() != 3 {
		t.Errorf("%d requests for 250 ids", a.count())
	}
}

func TestReadsAreRepeated(t *testing.T) {
	t.Parallel()
	for _, status := range []int{429, 502, 503, 504} {
		c, a := setup(t, "4.6.8", func(w http.ResponseWriter, r *http.Request, n int) {
			if n < 3 {
				w.WriteHeader(status)
				return
			}
			list(3)(w, r, n)
		})
		site := kinds.Standard().Must("site")
		if n, err := c.Count(t.Context(), site, nil); err != nil || n != 3 || a.count() != 3 {
			t.Errorf("%d: %d, %v after %d requests", status, n, err, a.count())
		}
	}
}

func TestUnreachable(t *testing.T) {
	t.Parallel()
	srv := httptest.NewServer(http.NotFoundHandler())
	srv.Close()
	c, err := netbox.New(netbox.Config{URL: srv.URL, Token: token, RetryPause: time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	_, err = c.Probe(t.Context())
	var e *netbox.Error
	if !errors.Is(err, netbox.ErrUnreachable) || !errors.As(err, &e) || e.Unknown || e.Hint() == "" {
		t.Errorf("Probe: %v", err)
	}
}

func TestRedirectIsAnError(t *testing.T) {
	t.Parallel()
	c, a := setup(t, "4.4.10", func(w http.ResponseWriter, r *http.Request, _ int) {
		http.Redirect(w, r, "https://other.example/api/dcim/sites/?x=1", http.StatusMovedPermanently)
	})
	_, err := c.Create(t.Context(), "site", []map[string]any{{"name": "a"}}, netbox.Write{})
	var e *netbox.Error
	if !errors.As(err, &e) || e.Status != 301 || e.Unknown || !strings.Contains(e.Detail, "other.example") || a.count() != 1 {
		t.Errorf("create: %v after %d requests", err, a.count())
	}
}

func TestTokenIsNeverShown(t *testing.T) {
	t.Parallel()
	var log strings.Builder
	echo := `{"detail": "Token ` + token + ` is bad", "errors": [{"index": 0, "errors": {"x": ["` + token + `"]}}]}`
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPatch {
			w.Header().Set("Location", "https://x/"+token)
			w.WriteHeader(http.StatusFound)
			return
		}
		w.WriteHeader(http.StatusBadRequest)
		_, _ = io.WriteString(w, echo)
	}))
	defer srv.Close()
	logger := slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	c, err := netbox.New(netbox.Config{URL: srv.URL, Token: token, Logger: logger})
	if err != nil {
		t.Fatal(err)
	}
	site := kinds.Standard().Must("site")
	_, err1 := c.Count(t.Context(), site, nil)
	_, err2 := c.Probe(t.Context())
	canceled, cancel := context.WithCancel(t.Context())
	cancel()
	_, err3 := c.Count(canceled, site, nil)
	for _, err := range []error{err1, err2, err3} {
		if err == nil || strings.Contains(fmt.Sprintf("%v %+v", err, err), token) {
			t.Errorf("error %v", err)
		}
	}
	if strings.Contains(log.String(), token) || log.Len() == 0 {
		t.Errorf("log:\n%s", &log)
	}
}

func TestCanWrite(t *testing.T) {
	t.Parallel()
	c, a := setup(t, "4.6.8", say(200, `{"name": "Device List", "actions": {"POST": {}}}`))
	err := c.CanWrite(t.Context())
	if first, _ := a.first(); err != nil || first.Method != http.MethodOptions {
		t.Errorf("CanWrite: %v", err)
	}
	c, _ = setup(t, "4.6.8", say(200, `{"name": "Device List", "renders": []}`))
	if err := c.CanWrite(t.Context()); !errors.Is(err, netbox.ErrReadOnly) {
		t.Errorf("CanWrite of a read-only token: %v", err)
	}
}
