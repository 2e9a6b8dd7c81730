package storetest

import (
	"io"
	"net"
	"net/url"
	"sync"
	"testing"
)

// Wire is what lies between a program and its store, and may be cut.
type Wire struct {
	listener net.Listener
	to       string

	mu    sync.Mutex
	isCut bool
	open  []net.Conn
}

// Behind lays a wire to a store, and returns the address of its other end.
func Behind(t testing.TB, direct string) (*Wire, string) {
	t.Helper()
	address, err := url.Parse(direct)
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	w := &Wire{listener: listener, to: address.Host}
	t.Cleanup(func() { _ = listener.Close(); w.Cut() })
	go w.serve()
	address.Host, address.RawQuery = listener.Addr().String(), "connect_timeout=1"
	return w, address.String()
}

func (w *Wire) serve() {
	for {
		in, err := w.listener.Accept()
		if err != nil {
			return
		}
		out, err := net.Dial("tcp", w.to)
		w.mu.Lock()
		if err != nil || w.isCut {
			_ = in.Close()
			if err == nil {
				_ = out.Close()
			}
			w.mu.Unlock()
			continue
		}
		w.open = append(w.open, in, out)
		w.mu.Unlock()
		go func() { _, _ = io.Copy(out, in); _ = out.Close() }()
		go func() { _, _ = io.Copy(in, out); _ = in.Close() }()
	}
}

// Cut ends all connections, and lets no other one through until the wire is mended.
func (w *Wire) Cut() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.isCut = true
	for _, conn := range w.open {
		_ = conn.Close()
	}
	w.open = nil
}

// Mend lets connections through again.
func (w *Wire) Mend() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.isCut = false
}
