package main

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/diet-project/diet/engine/serve/hook"
	"github.com/diet-project/diet/engine/serve/web"
)

func serveCommand() *cli.Command {
	return &cli.Command{
		Name:  "serve",
		Usage: "run jobs, and show plans in a browser",
		Description: `Works on the plans in diet.yaml until it is interrupted, and listens on loopback
unless told otherwise: schedules, drift checks, applies of what the policies let act
without a person, notifications, and a check of each plan whose file, answers or
policies change. Beside the pages it serves /healthz (the process lives), /readyz (it
takes jobs), /metrics (for Prometheus) and, with secrets in diet.yaml, /hooks/netbox
and /hooks/git, which start a check early. It logs to stderr, as JSON with --json.

An interrupt ends it: an apply finishes the requests under way, and goes on at the
next start.

   diet serve
   diet serve --demo
   diet serve --listen 127.0.0.1:9000`,
		Flags: []cli.Flag{
			&cli.StringFlag{
				Name: "listen", Usage: "`ADDR` to listen on; port 0 picks a free one",
				EnvVars: []string{"DIET_LISTEN"}, DefaultText: "127.0.0.1:8080",
			},
			&cli.BoolFlag{Name: "demo", Usage: "show the story of diet demo on an in-process NetBox; nothing is left behind"},
			&cli.StringFlag{Name: "tls-cert", Usage: "PEM `FILE` with the certificate to serve by TLS", EnvVars: []string{"DIET_TLS_CERT"}},
			&cli.StringFlag{Name: "tls-key", Usage: "PEM `FILE` with its key", EnvVars: []string{"DIET_TLS_KEY"}},
			&cli.BoolFlag{
				Name: "plain-http", Usage: "listen beyond this machine without TLS: a gateway ahead has it", EnvVars: []string{"DIET_PLAIN_HTTP"},
			},
		},
		Action: serveAction,
	}
}

func serveAction(c *cli.Context) error {
	e, err := newEnv(c)
	if err != nil {
		return err
	}
	if c.Bool("demo") {
		clean, err := e.serveDemo()
		if err != nil {
			return err
		}
		defer func() { _ = clean() }()
	}
	s, err := e.newService()
	if err != nil {
		return err
	}
	address := cmp.Or(c.String("listen"), e.config.Serve.Listen)
	users, err := e.users().Count()
	if err == nil {
		guarded := users > 0 || e.config.Serve.OIDC.Issuer != ""
		if err = isAddress(address); err != nil && !c.IsSet("listen") {
			err = e.config.Wrong("serve.listen", err)
		}
		if err == nil {
			err = mayListen(address, guarded, e.secure() || c.Bool("plain-http"))
		} else {
			err = usage("%w", err)
		}
	}
	if err != nil {
		return errors.Join(err, s.close())
	}
	pages, err := s.pages()
	if err != nil {
		return errors.Join(err, s.close())
	}
	pages.Guarded = !isLoopback(address)
	listener, scheme, err := listen(c, address)
	if err != nil {
		return errors.Join(err, s.close())
	}
	s.log.Info("serve", "address", scheme+"://"+listener.Addr().String(), "version", version)
	return s.run(c.Context, func(ctx context.Context) error {
		shown := web.New(pages)
		defer shown.Close()
		return serve(ctx, listener, s.handler(shown))
	})
}

// isAddress refuses what is no address to listen on.
func isAddress(address string) error {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return fmt.Errorf("listen on %q: want HOST:PORT, such as 127.0.0.1:8080", address)
	}
	if _, err := net.LookupPort("tcp", port); err != nil {
		return fmt.Errorf("listen on %q: %q is no port: want a number up to 65535", address, port)
	}
	if net.ParseIP(host) == nil && strings.Trim(host, "0123456789.") == "" && host != "" {
		return fmt.Errorf("listen on %q: %q is no address of this machine: want HOST:PORT, such as 127.0.0.1:8080", address, host)
	}
	return nil
}

// mayListen refuses an address that others can reach where nobody has to log in, or where
// passwords would cross the network as they are.
func mayListen(address string, guarded, covered bool) error {
	if !guarded && !isLoopback(address) {
		return usage("listen on %s: anybody who reaches it could apply plans; add users first: `diet user add NAME --role ROLE`", address)
	}
	if !covered && !isLoopback(address) {
		return usage("listen on %s: passwords would cross the network as they are; pass --tls-cert and --tls-key, "+
			"or set serve.url to the https:// address of the gateway ahead, or pass --plain-http", address)
	}
	return nil
}

// isLoopback reports whether an address is one that only this machine reaches.
func isLoopback(address string) bool {
	host, _, err := net.SplitHostPort(address)
	ip := net.ParseIP(host)
	return err == nil && (host == "localhost" || ip != nil && ip.IsLoopback())
}

// listen opens the address, with TLS where there is a certificate.
func listen(c *cli.Context, address string) (listener net.Listener, scheme string, err error) {
	cert, key := c.String("tls-cert"), c.String("tls-key")
	if (cert == "") != (key == "") {
		return nil, "", usage("--tls-cert and --tls-key go together")
	}
	var pair tls.Certificate
	if cert != "" {
		if pair, err = tls.LoadX509KeyPair(cert, key); err != nil {
			return nil, "", usage("read certificate: %w", err)
		}
	}
	if listener, err = (&net.ListenConfig{}).Listen(c.Context, "tcp", address); err != nil {
		return nil, "", fmt.Errorf("serve: %w", err)
	}
	if cert == "" {
		return listener, "http", nil
	}
	return tls.NewListener(listener, &tls.Config{
		Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12, NextProtos: []string{"http/1.1"},
	}), "https", nil
}

// handler is what diet serve answers.
func (s *service) handler(pages http.Handler) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "ok") })
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), 5*time.Second)
		defer cancel()
		if err := s.jobs.Ready(ctx); err != nil {
			s.log.Error("not ready", "error", err)
			http.Error(w, "the jobs cannot be read", http.StatusServiceUnavailable)
			return
		}
		fmt.Fprintln(w, "ready")
	})
	mux.Handle("GET /metrics", s.metrics.Handler())
	hook.Handle(mux, s.hooks)
	mux.Handle("/", pages)
	return logged(s, mux)
}

// logged logs each request that is not asked all the time.
func logged(s *service, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		start := time.Now()
		seen := &statusWriter{ResponseWriter: w, code: http.StatusOK}
		w.Header().Set("X-Content-Type-Options", "nosniff")
		next.ServeHTTP(seen, r)
		if strings.HasSuffix(r.URL.Path, "z") || r.URL.Path == "/metrics" {
			return
		}
		s.log.Info("request", "method", r.Method, "path", r.URL.Path, "status", seen.code, "seconds", time.Since(start).Seconds())
	})
}

// statusWriter remembers the status of an answer.
type statusWriter struct {
	http.ResponseWriter
	code int
}

// WriteHeader implements [http.ResponseWriter].
func (w *statusWriter) WriteHeader(code int) {
	w.code = code
	w.ResponseWriter.WriteHeader(code)
}

// Unwrap lets what streams an answer flush it.
func (w *statusWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }
