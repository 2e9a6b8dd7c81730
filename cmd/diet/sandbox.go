package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/diet-project/diet/mirror/sandbox"
)

func sandboxCommand() *cli.Command {
	return &cli.Command{
		Name:  "sandbox",
		Usage: "serve an in-process NetBox to try things on",
		Description: `Everything in it is lost when it stops. It listens on loopback by default, and
prints its address and token. Use it with curl or pynetbox like any NetBox, or
log in with the token in a browser to read the API as pages.

   diet sandbox --listen 127.0.0.1:8000 --token 0123456789abcdef0123456789abcdef01234567
   curl -H 'Authorization: Token 0123456789abcdef0123456789abcdef01234567' http://127.0.0.1:8000/api/status/`,
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "listen", Usage: "`ADDR` to listen on; port 0 picks a free one", Value: "127.0.0.1:8000"},
			&cli.StringFlag{Name: "token", Usage: "`TOKEN` to accept", Value: sandbox.DefaultToken},
			&cli.StringFlag{Name: "read-only-token", Usage: "second `TOKEN` to accept, for reading only"},
			&cli.StringFlag{Name: "netbox-version", Usage: "NetBox `VERSION` to imitate: 4.2, 4.4, 4.5, 4.6 or 4.7", Value: "4.6"},
		},
		Action: func(c *cli.Context) error {
			e, err := newEnv(c)
			if err != nil {
				return err
			}
			config := sandbox.Config{Version: c.String("netbox-version"), Token: c.String("token")}
			if t := c.String("read-only-token"); t != "" {
				config.ReadOnlyTokens = []string{t}
			}
			server, err := sandbox.New(config)
			if err != nil {
				return usage("start sandbox: %w", err)
			}
			listener, err := (&net.ListenConfig{}).Listen(c.Context, "tcp", c.String("listen"))
			if err != nil {
				return fmt.Errorf("start sandbox: %w", err)
			}
			fmt.Fprintf(e.out, "NetBox %s (sandbox) at http://%s\nNETBOX_URL=http://%s NETBOX_TOKEN=%s\n",
				server.Version(), listener.Addr(), listener.Addr(), c.String("token"))
			return serve(c.Context, listener, server)
		},
	}
}

// serve serves until the context ends.
func serve(ctx context.Context, listener net.Listener, handler http.Handler) error {
	server := &http.Server{Handler: handler, ReadHeaderTimeout: 10 * time.Second}
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
