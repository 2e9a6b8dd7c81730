package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/diet-project/diet/engine/serve/web"
)

func serveCommand() *cli.Command {
	return &cli.Command{
		Name:  "serve",
		Usage: "run jobs, and show plans in a browser",
		Description: `Works on the plans in diet.yaml until it is interrupted, and listens on loopback
unless told otherwise. Beside the pages it serves /healthz (the process lives),
/readyz (it takes jobs) and /metrics (for Prometheus). It logs to stderr, as JSON
with --json.

An interrupt ends it: an apply finishes the requests under way, and goes on at the
next start.

   diet serve
   diet serve --listen 127.0.0.1:9000`,
		Flags: []cli.Flag{
			&cli.StringFlag{
				Name: "listen", Usage: "`ADDR` to listen on; port 0 picks a free one",
				EnvVars: []string{"DIET_LISTEN"}, DefaultText: "127.0.0.1:8080",
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
	s, err := e.newService()
	if err != nil {
		return err
	}
	address := cmp.Or(c.String("listen"), e.config.Serve.Listen)
	if err := mayListen(address); err != nil {
		return errors.Join(err, s.close())
	}
	listener, err := (&net.ListenConfig{}).Listen(c.Context, "tcp", address)
	if err != nil {
		return errors.Join(fmt.Errorf("serve: %w", err), s.close())
	}
	s.log.Info("serve", "address", "http://"+listener.Addr().String(), "version", version)
	return s.run(c.Context, func(ctx context.Context) error { return serve(ctx, listener, s.handler()) })
}

// mayListen refuses an address that others can reach: there are no users yet who could
// prove who they are.
func mayListen(address string) error {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return usage("listen on %q: want HOST:PORT", address)
	}
	if ip := net.ParseIP(host); host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return usage("listen on %s: anybody who reaches it could apply plans; listen on loopback, behind what authenticates", address)
	}
	return nil
}

// handler is what diet serve answers.
func (s *service) handler() http.Handler {
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
	mux.Handle("/", web.New(web.Config{
		Open: s.open, Jobs: s.jobs, Settings: s.env.config.Serve, Version: version, Logger: s.log,
	}))
	return logged(s, mux)
}

// logged logs each request that is not asked all the time.
func logged(s *service, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		start := time.Now()
		seen := &statusWriter{ResponseWriter: w, code: http.StatusOK}
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
