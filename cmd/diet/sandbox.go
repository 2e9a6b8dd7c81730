package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/urfave/cli/v2"
	"golang.org/x/sync/errgroup"

	"github.com/diet-project/diet/mirror/sandbox"
)

func sandboxCommand() *cli.Command {
	return &cli.Command{
		Name:  "sandbox",
		Usage: "serve an in-process NetBox to try things on",
		Description: `It listens on loopback by default, and prints its address and the tokens of two users:
diet's own, and that of a person, maria. Use it with curl or pynetbox like any
NetBox, or log in with a token in a browser to read the API as pages.

With --data, what is in it, its changelog included, is kept in a file and is there
again at the next start. Without it, everything is lost when the sandbox stops.

   diet sandbox --data lab.netbox
   diet sandbox --listen 127.0.0.1:8000 --token 0123456789abcdef0123456789abcdef01234567
   curl -H 'Authorization: Token 0123456789abcdef0123456789abcdef01234567' http://127.0.0.1:8000/api/status/`,
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "listen", Usage: "`ADDR` to listen on; port 0 picks a free one", Value: "127.0.0.1:8000"},
			&cli.StringFlag{Name: "data", Usage: "the `FILE` to keep everything in"},
			&cli.StringFlag{Name: "token", Usage: "`TOKEN` to accept", Value: sandbox.DefaultToken},
			&cli.StringFlag{Name: "person-token", Usage: "second `TOKEN` to accept, of the user maria", Value: sandboxPerson},
			&cli.StringFlag{Name: "read-only-token", Usage: "another `TOKEN` to accept, for reading only"},
			&cli.StringFlag{Name: "netbox-version", Usage: "NetBox `VERSION` to imitate: 4.2, 4.4, 4.5, 4.6 or 4.7", Value: "4.6"},
		},
		Action: func(c *cli.Context) error {
			e, err := newEnv(c)
			if err != nil {
				return err
			}
			return e.sandbox()
		},
	}
}

// sandboxPerson is the token of the person beside diet.
var sandboxPerson = strings.Repeat("5", 40)

// sandbox serves a NetBox until the context ends.
func (e *env) sandbox() error {
	c := e.cli
	server, err := e.openSandbox()
	if err != nil {
		return err
	}
	listener, err := (&net.ListenConfig{}).Listen(c.Context, "tcp", c.String("listen"))
	if err != nil {
		return fmt.Errorf("start sandbox: %w", err)
	}
	fmt.Fprintf(e.out, "NetBox %s (sandbox) at http://%s\nNETBOX_URL=http://%s NETBOX_TOKEN=%s\n",
		server.Version(), listener.Addr(), listener.Addr(), c.String("token"))
	if person := c.String("person-token"); person != "" {
		fmt.Fprintf(e.out, "a person, maria: %s\n", person)
	}
	work, ctx := errgroup.WithContext(c.Context)
	work.Go(func() error { return serve(ctx, listener, server) })
	if file := c.String("data"); file != "" {
		work.Go(func() error { return server.Keep(ctx, file, time.Second) })
	}
	return work.Wait()
}

// openSandbox makes the NetBox of the flags: an empty one, or that of a file.
func (e *env) openSandbox() (*sandbox.Server, error) {
	c := e.cli
	config := sandbox.Config{Version: c.String("netbox-version"), Token: c.String("token"), Tokens: map[string]string{}}
	if t := c.String("read-only-token"); t != "" {
		config.ReadOnlyTokens = []string{t}
	}
	if t := c.String("person-token"); t != "" {
		config.Tokens[t] = "maria"
	}
	file := c.String("data")
	if file == "" {
		server, err := sandbox.New(config)
		if err != nil {
			return nil, usage("start sandbox: %w", err)
		}
		return server, nil
	}
	return sandbox.Open(config, file)
}

// serve serves until the context ends.
func serve(ctx context.Context, listener net.Listener, handler http.Handler) error {
	server := &http.Server{
		Handler: handler, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: time.Minute,
		WriteTimeout: 5 * time.Minute, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10,
	}
	done := make(chan error, 1)
	go func() { done <- server.Serve(listener) }()
	select {
	case err := <-done:
		return fmt.Errorf("serve: %w", err)
	case <-ctx.Done():
	}
	stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
	defer cancel()
	if err := server.Shutdown(stop); err != nil && !errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("stop: %w", err)
	}
	return nil
}
