package conformance

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"
)

// patience is how long one request may take.
const patience = 2 * time.Minute

// client speaks plain HTTP and follows no redirects.
type client struct {
	base  string
	token string
	http  *http.Client
}

func newClient(base, token string) *client {
	return &client{base: base, token: token, http: &http.Client{
		Transport:     http.DefaultTransport.(*http.Transport).Clone(), // another test's server closes idle connections of the default one
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// reply is an answer, decoded where it is JSON.
type reply struct {
	status int
	header http.Header
	raw    []byte
	body   any
}

func (c *client) do(t testing.TB, method, path string, body any, header ...string) reply {
	t.Helper()
	var in io.Reader
	if text, ok := body.(raw); ok {
		in = bytes.NewReader([]byte(text))
	} else if body != nil {
		b, err := json.Marshal(body)
		if err != nil {
			t.Fatal(err)
		}
		in = bytes.NewReader(b)
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), patience) // clean-up comes after the end
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, method, c.base+path, in)
	if err != nil {
		t.Fatal(err)
	}
	if c.token != "" {
		req.Header.Set("Authorization", authorization(c.token))
	}
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i+1 < len(header); i += 2 {
		if req.Header.Set(header[i], header[i+1]); header[i+1] == "" {
			req.Header.Del(header[i])
		}
	}
	res, err := c.http.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	r := reply{status: res.StatusCode, header: res.Header, raw: raw}
	_ = json.Unmarshal(raw, &r.body) // a page of HTML stays as it is
	return r
}

// authorization is the header of a token; those of the second kind tell it by
// their prefix.
func authorization(token string) string {
	if strings.HasPrefix(token, "nbt_") {
		return "Bearer " + token
	}
	return "Token " + token
}

func (r reply) object() object {
	o, _ := r.body.(map[string]any)
	return o
}

// list is the body if it is a list, else the results of a page.
func (r reply) list() []object {
	items, ok := r.body.([]any)
	if !ok {
		items, _ = r.object()["results"].([]any)
	}
	var all []object
	for _, x := range items {
		o, _ := x.(map[string]any)
		all = append(all, o)
	}
	return all
}

func (r reply) id() int { return r.object().id() }

func (r reply) request() string { return r.header.Get("X-Request-ID") }

// object is a JSON object.
type object map[string]any

func (o object) id() int {
	n, _ := o["id"].(float64)
	return int(n)
}

// at follows a path of members.
func (o object) at(path ...string) any {
	var v any = map[string]any(o)
	for _, p := range path {
		m, ok := v.(map[string]any)
		if !ok {
			return nil
		}
		v = m[p]
	}
	return v
}

// raw is a body that is sent as it stands.
type raw string
