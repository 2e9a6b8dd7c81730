package main

import (
	"bytes"
	"context"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"
)

// TestUnsolicited has a server send more than it was asked for: nobody is told by net/http's logger, which tells all else.
// It changes the process's logger, so it is alone.
func TestUnsolicited(t *testing.T) {
	var out bytes.Buffer
	old := log.Writer()
	log.SetOutput(heedless{&out})
	defer log.SetOutput(old)
	log.Print("something else")

	srv := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) {
		conn, _, err := rw.(http.Hijacker).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		_, _ = conn.Write([]byte("HTTP/1.1 204 No Content\r\n\r\n{\"a\": 1}"))
	}))
	defer srv.Close()
	closed := make(chan struct{})
	dial := func(ctx context.Context, network, addr string) (net.Conn, error) {
		c, err := (&net.Dialer{}).DialContext(ctx, network, addr)
		return noticed{c, closed}, err
	}
	client := &http.Client{Transport: &http.Transport{DialContext: dial}}
	res, err := client.Get(srv.URL)
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	select {
	case <-closed: // after it has logged
	case <-time.After(10 * time.Second):
		t.Fatal("the connection stays open")
	}
	if got := out.String(); bytes.Count(out.Bytes(), []byte("\n")) != 1 || !bytes.Contains(out.Bytes(), []byte("something else")) {
		t.Errorf("logged %q", got)
	}
}

// noticed tells when a connection is closed.
type noticed struct {
	net.Conn
	closed chan struct{}
}

// Close implements [net.Conn].
func (w noticed) Close() error {
	close(w.closed)
	return w.Conn.Close()
}
