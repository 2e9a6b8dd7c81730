package sandbox_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/diet-project/diet/mirror/mirrortest"
	"github.com/diet-project/diet/mirror/sandbox"
)

// patience is how long a test may take; none needs a tenth of it.
const patience = 2 * time.Minute

// world is a sandbox with a client, whose requests end with the test's time.
type world struct {
	t   testing.TB
	ctx context.Context
	srv *sandbox.Server
	url string

	authorization string
}

func newWorld(t testing.TB, version string) *world {
	t.Helper()
	return newWorldOf(t, sandbox.Config{Version: version})
}

func newWorldOf(t testing.TB, c sandbox.Config) *world {
	t.Helper()
	srv, err := sandbox.New(c)
	if err != nil {
		t.Fatal(err)
	}
	ts := httptest.NewServer(srv)
	t.Cleanup(ts.Close)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	t.Cleanup(cancel)
	return &world{t: t, ctx: ctx, srv: srv, url: ts.URL, authorization: "Token " + sandbox.DefaultToken}
}

// await waits for a channel to be closed, as long as the test may take.
func (w *world) await(what string, closed <-chan struct{}) {
	w.t.Helper()
	select {
	case <-closed:
	case <-w.ctx.Done():
		w.t.Fatalf("waited too long: %s", what)
	}
}

// reply is an answer, decoded.
type reply struct {
	status int
	header http.Header
	raw    []byte
	body   any
}

// try makes a request, in any goroutine.
func (w *world) try(method, path string, body any) (reply, error) {
	var in io.Reader
	if body != nil {
		b, err := json.Marshal(body)
		if err != nil {
			return reply{}, err
		}
		in = bytes.NewReader(b)
	}
	req, err := http.NewRequestWithContext(w.ctx, method, w.url+path, in)
	if err != nil {
		return reply{}, err
	}
	req.Header.Set("Authorization", w.authorization)
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	res, err := mirrortest.Client.Do(req)
	if err != nil {
		return reply{}, err
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		return reply{}, err
	}
	r := reply{status: res.StatusCode, header: res.Header, raw: raw}
	_ = json.Unmarshal(raw, &r.body) // an HTML page stays undecoded
	return r, nil
}

// do makes a request in the test's own goroutine.
func (w *world) do(method, path string, body any) reply {
	w.t.Helper()
	r, err := w.try(method, path, body)
	if err != nil {
		w.t.Fatal(err)
	}
	return r
}

// must expects a status.
func (w *world) must(status int, method, path string, body any) reply {
	w.t.Helper()
	r := w.do(method, path, body)
	if r.status != status {
		w.t.Fatalf("%s %s: status %d, want %d: %s", method, path, r.status, status, r.raw)
	}
	return r
}

func (r reply) id() int { return int(r.body.(map[string]any)["id"].(float64)) }

type obj = map[string]any

// room sets up what a device needs.
func (w *world) room(ports int) (site, role, kind int) {
	w.t.Helper()
	site = w.must(201, "POST", "/api/dcim/sites/", obj{"name": "S1", "slug": "s1"}).id()
	role = w.must(201, "POST", "/api/dcim/device-roles/", obj{"name": "R", "slug": "r"}).id()
	man := w.must(201, "POST", "/api/dcim/manufacturers/", obj{"name": "Acme", "slug": "acme"}).id()
	kind = w.must(201, "POST", "/api/dcim/device-types/", obj{"manufacturer": man, "model": "M1", "slug": "m1"}).id()
	var tpl []obj
	for i := range ports {
		tpl = append(tpl, obj{"device_type": kind, "name": "eth" + string(rune('0'+i/10)) + string(rune('0'+i%10)), "type": "10gbase-t"})
	}
	w.must(201, "POST", "/api/dcim/interface-templates/", tpl)
	return site, role, kind
}
