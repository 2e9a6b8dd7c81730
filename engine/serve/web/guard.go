package web

import (
	"net"
	"net/http"
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
		if err == nil && local && !loopback(r.Host) {
			// Nobody logs in here: a page of another name that leads to this machine is a trick.
			http.Error(w, "this server answers to localhost alone until it has users: diet user add", http.StatusMisdirectedRequest)
			return
		}
		r.Body = http.MaxBytesReader(w, r.Body, largest)
		protected.ServeHTTP(w, r)
	})
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
