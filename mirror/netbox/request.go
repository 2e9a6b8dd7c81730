package netbox

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strconv"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/cenkalti/backoff/v5"
)

// tries is the maximum number of times to send a request.
const tries = 5

// patience is the longest Retry-After to wait for.
const patience = time.Minute

// request is one exchange, as the raw layer sends it.
type request struct {
	method string
	path   string // dcim/devices
	query  url.Values
	body   []byte
	header http.Header
	ids    []int64 // of the objects in the body, by index
	count  int     // how many objects the body holds
}

// answer is a response of status 2xx.
type answer struct {
	status int
	header http.Header
	body   []byte
}

// date is the server's clock.
func (a *answer) date() time.Time {
	t, err := http.ParseTime(a.header.Get("Date"))
	if err != nil {
		return time.Time{}
	}
	return t.UTC()
}

// send retries a request as long as that is safe and useful: reads when the server or
// the network fails, writes only when nothing was done: they were refused or rolled back,
// or nobody listened.
func (c *Client) send(ctx context.Context, req request) (*answer, error) {
	var last error
	pace := &pacer{exponential: backoff.NewExponentialBackOff()}
	pace.exponential.InitialInterval = c.pause
	res, err := backoff.Retry(ctx, func() (*answer, error) {
		res, err := c.exchange(ctx, req, pace)
		last = err
		if err != nil && !retryable(req.method, err) {
			return nil, backoff.Permanent(err)
		}
		return res, err
	}, backoff.WithBackOff(pace), backoff.WithMaxTries(tries))
	if err == nil {
		return res, nil
	}
	if last == nil || ctx.Err() != nil && !writes(req.method) {
		return nil, &Error{Method: req.method, Path: req.path, Detail: reason(ctx.Err()), cause: ctx.Err()}
	}
	return nil, last
}

func retryable(method string, err error) bool {
	var e *Error
	if !errors.As(err, &e) || errors.Is(err, context.Canceled) || errors.Is(err, ErrTooLarge) || tlsHint(e.cause) != "" {
		return false
	}
	if writes(method) {
		return e.transient() || e.Status == 0 && !e.Unknown && errors.Is(err, syscall.ECONNREFUSED)
	}
	return e.transient() || e.gateway() || e.Status == 0
}

// pacer waits as long as the server says, or else exponentially.
type pacer struct {
	exponential *backoff.ExponentialBackOff
	after       time.Duration
}

// NextBackOff implements [backoff.BackOff].
func (p *pacer) NextBackOff() time.Duration {
	if p.after > 0 {
		return min(p.after, patience)
	}
	return p.exponential.NextBackOff()
}

// Reset implements [backoff.BackOff].
func (p *pacer) Reset() { p.exponential.Reset() }

// note keeps the Retry-After of an answer, which is a number of seconds or a time.
func (p *pacer) note(hres *http.Response) {
	p.after = 0
	if hres == nil {
		return
	}
	given := hres.Header.Get("Retry-After")
	if seconds, err := strconv.Atoi(given); err == nil {
		p.after = max(0, time.Duration(seconds)*time.Second)
		return
	}
	then, err := http.ParseTime(given)
	if now, unknown := http.ParseTime(hres.Header.Get("Date")); err == nil && unknown == nil {
		p.after = max(0, then.Sub(now)) // both by the server's clock
	}
}

// exchange sends a request once. Every error is an [*Error].
func (c *Client) exchange(ctx context.Context, req request, pace *pacer) (*answer, error) {
	var sent atomic.Bool
	trace := &httptrace.ClientTrace{GotConn: func(httptrace.GotConnInfo) { sent.Store(true) }}
	hreq, err := http.NewRequestWithContext(httptrace.WithClientTrace(ctx, trace), req.method, c.target(req), bytes.NewReader(req.body))
	if err != nil {
		return nil, &Error{Method: req.method, Path: req.path, Detail: "cannot be asked", cause: err}
	}
	for name, values := range req.header {
		hreq.Header[name] = values
	}
	if req.body != nil {
		hreq.Header.Set("Content-Type", "application/json")
	}
	if err := c.rate.Wait(ctx); err != nil {
		return nil, c.broken(req, err, false)
	}
	if err := c.governor.enter(ctx); err != nil {
		return nil, c.broken(req, err, false)
	}
	began := time.Now()
	hres, err := c.http.Do(hreq)
	pace.note(hres)
	c.governor.leave(statusOf(hres), pace.after)
	if err != nil {
		return nil, c.broken(req, err, sent.Load())
	}
	body, err := io.ReadAll(hres.Body)
	_ = hres.Body.Close()
	if err != nil {
		return nil, c.broken(req, err, true)
	}
	c.log.DebugContext(ctx, "netbox request", "method", req.method, "path", req.path,
		"status", hres.StatusCode, "bytes", len(body), "took", time.Since(began))
	if hres.StatusCode >= 200 && hres.StatusCode < 300 {
		return &answer{hres.StatusCode, hres.Header, body}, nil
	}
	return nil, c.refused(req, hres, body)
}

// statusOf is the status of an answer, 0 for none.
func statusOf(hres *http.Response) int {
	if hres == nil {
		return 0
	}
	return hres.StatusCode
}

// target is the URL of a request. NetBox redirects or drops requests without a trailing
// slash.
func (c *Client) target(req request) string {
	target := c.base + "/api/" + req.path + "/"
	if len(req.query) > 0 {
		target += "?" + req.query.Encode()
	}
	return target
}

// refused turns an answer into an error.
func (c *Client) refused(req request, hres *http.Response, body []byte) *Error {
	e := &Error{Method: req.method, Path: req.path, Status: hres.StatusCode}
	if hres.StatusCode >= 300 && hres.StatusCode < 400 {
		e.Detail = "redirected"
		if to, err := hres.Location(); err == nil {
			e.Detail = "redirected to " + c.redact.Replace(to.Scheme+"://"+to.Host+to.Path)
		}
		return e
	}
	e.explain([]byte(c.redact.Replace(string(body))), req.ids, req.count)
	e.Unknown = writes(req.method) && e.uncertain()
	e.Ended = e.ended(body)
	return e
}

// broken turns a transport failure into an error. sent says that there was a connection:
// the request may have gone out.
func (c *Client) broken(req request, cause error, sent bool) *Error {
	e := &Error{Method: req.method, Path: req.path, Detail: c.redact.Replace(reason(cause)), cause: cause}
	e.Unknown = sent && writes(req.method)
	return e
}

// reason says in few words why there was no answer.
func reason(err error) string {
	var timeout net.Error
	switch {
	case errors.Is(err, context.Canceled):
		return "interrupted"
	case errors.As(err, &timeout) && timeout.Timeout():
		return "no answer in time"
	case errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF):
		return "connection closed before the answer ended"
	}
	var wrapped *url.Error
	if errors.As(err, &wrapped) {
		err = wrapped.Err
	}
	return err.Error()
}
