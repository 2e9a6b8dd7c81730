package netbox

import (
	"net/http"
	"strings"
	"sync/atomic"
	"time"
)

// idle is how long a connection may lie unused and still be written to. Servers close
// theirs after some time, gunicorn after 2 seconds: a request that crosses with that is
// reset, and of a write nobody knows then whether it was carried out.
const idle = time.Second

// httpClient returns the client that go-netbox and the raw layer share. It
// follows no redirect: Go would repeat a redirected POST as a GET, and a write
// that never happened would look like one that did.
func httpClient(cfg Config, host string, sent *atomic.Int64) (*http.Client, error) {
	var hc http.Client
	if cfg.HTTPClient != nil {
		hc = *cfg.HTTPClient
	}
	if hc.Transport == nil {
		transport := http.DefaultTransport.(*http.Transport).Clone()
		transport.MaxIdleConnsPerHost = 8
		transport.IdleConnTimeout = idle
		var err error
		if transport.TLSClientConfig, err = cfg.TLS.client(); err != nil {
			return nil, err
		}
		hc.Transport = transport
	}
	if cfg.Timeout != 0 || hc.Timeout == 0 {
		hc.Timeout = orDefault(cfg.Timeout, 2*time.Minute)
	}
	hc.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	hc.Transport = &signer{
		host:   host,
		header: authorization(cfg.Token),
		agent:  orDefault(cfg.UserAgent, "diet"),
		sent:   sent,
		branch: cfg.Branch,
		next:   hc.Transport,
	}
	return &hc, nil
}

// signer is the one place that holds the token. It adds it to requests for the
// configured host and to no others.
type signer struct {
	host   string
	header string
	agent  string
	sent   *atomic.Int64
	branch *Branch
	next   http.RoundTripper
}

// RoundTrip implements [http.RoundTripper].
func (s *signer) RoundTrip(req *http.Request) (*http.Response, error) {
	s.sent.Add(1)
	req = req.Clone(req.Context())
	req.Header.Set("User-Agent", s.agent)
	req.Header.Set("Accept", "application/json")
	if req.URL.Host == s.host {
		req.Header.Set("Authorization", s.header)
	}
	if s.branch != nil && !isOnTrunk(req.Context()) {
		req.Header.Set(branchHeader, s.branch.Schema)
	}
	res, err := s.next.RoundTrip(req)
	if err == nil {
		res.Body = &bounded{res.Body, largest}
	}
	return res, err
}

// authorization is the header for a token; a version 2 token, from 4.5 on, is recognised
// by its prefix.
func authorization(token string) string {
	if strings.HasPrefix(token, "nbt_") {
		return "Bearer " + token
	}
	return "Token " + token
}
