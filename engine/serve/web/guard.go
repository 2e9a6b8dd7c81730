package web

import (
	"cmp"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// contentPolicy is what a page may load: its own files, and nothing written into it.
const contentPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
	"form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// largest is how many bytes a form may have.
const largest = 4 << 20

// guard is what all pages stand behind.
func (s *site) guard(next http.Handler) http.Handler {
	protected := http.NewCrossOriginProtection().Handler(next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", contentPolicy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
		h.Set("Cache-Control", "no-store")
		if s.cfg.Secure {
			h.Set("Strict-Transport-Security", "max-age=31536000")
		}
		local, err := s.unguarded()
		if err == nil && local && (!loopback(r.Host) || forwarded(r)) {
			// Nobody logs in here: a page of another name that leads to this machine is a trick, and a
			// gateway brings others than who works on it.
			http.Error(w, "this server answers to localhost alone until it has users: diet user add", http.StatusMisdirectedRequest)
			return
		}
		if embedded(r) {
			http.Error(w, "this page is shown by itself alone", http.StatusForbidden)
			return
		}
		r.Body = http.MaxBytesReader(w, r.Body, largest)
		protected.ServeHTTP(&onceWriter{ResponseWriter: w}, r)
	})
}

// onceWriter says once how an answer may be kept: the sessions would add that what has a cookie
// may be, if it is asked about. Once the answer is over, what else is written goes nowhere.
type onceWriter struct {
	http.ResponseWriter
	over bool
}

// WriteHeader implements [http.ResponseWriter].
func (w *onceWriter) WriteHeader(code int) {
	if w.over {
		return
	}
	if said := w.Header()["Cache-Control"]; len(said) > 1 {
		w.Header()["Cache-Control"] = said[:1]
	}
	w.ResponseWriter.WriteHeader(code)
}

// Write implements [http.ResponseWriter].
func (w *onceWriter) Write(text []byte) (int, error) {
	if w.over {
		return len(text), nil
	}
	return w.ResponseWriter.Write(text)
}

// Unwrap lets what streams an answer flush it.
func (w *onceWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// gateways are headers that gateways add to what they pass on.
var gateways = []string{
	"Forwarded", "Via", "X-Real-Ip", "X-Client-Ip", "X-Cluster-Client-Ip", "True-Client-Ip", "Cf-Connecting-Ip", "Fastly-Client-Ip",
}

// forwarded reports whether a gateway passed a request on: it says so, or speaks a HTTP that no browser
// speaks any more, or the browser is on a page of another name, which the gateway has.
func forwarded(r *http.Request) bool {
	for name := range r.Header {
		if slices.Contains(gateways, name) || strings.HasPrefix(name, "X-Forwarded-") || strings.HasPrefix(name, "X-Envoy-") {
			return true
		}
	}
	if !r.ProtoAtLeast(1, 1) {
		return true
	}
	if r.Header.Get("Sec-Fetch-Site") != "same-origin" {
		return false // whence it comes is looked at by others
	}
	page, err := url.Parse(cmp.Or(r.Header.Get("Origin"), r.Referer()))
	return err != nil || page.Host != "" && !strings.EqualFold(page.Host, r.Host)
}

// embedded reports whether a page of another site has a browser ask for something without
// going there: as an image, a script or a frame. Links from elsewhere are followed.
func embedded(r *http.Request) bool {
	navigates := r.Header.Get("Sec-Fetch-Mode") == "navigate" && r.Header.Get("Sec-Fetch-Dest") == "document"
	return r.Header.Get("Sec-Fetch-Site") == "cross-site" && !navigates
}

// loopback reports whether a Host header names this machine itself.
func loopback(host string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	host = strings.Trim(host, "[]")
	ip := net.ParseIP(host)
	return slices.Contains([]string{"localhost"}, strings.ToLower(host)) || ip != nil && ip.IsLoopback()
}
