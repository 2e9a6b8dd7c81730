package netbox_test

import (
	"compress/gzip"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"github.com/diet-project/diet/mirror/netbox"
)

// TestEndlessAnswer reads a bounded part of an answer that never ends, plain or packed,
// and does not ask for it again.
func TestEndlessAnswer(t *testing.T) {
	t.Parallel()
	for name, packed := range map[string]bool{"plain": false, "packed": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var asked atomic.Int64
			srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				asked.Add(1)
				var out io.Writer = w
				if packed {
					w.Header().Set("Content-Encoding", "gzip")
					zipped := gzip.NewWriter(w)
					defer func() { _ = zipped.Close() }()
					out = zipped
				}
				for spaces := make([]byte, 1<<20); r.Context().Err() == nil; {
					if _, err := out.Write(spaces); err != nil {
						return
					}
				}
			}))
			defer srv.Close()
			c, err := netbox.New(netbox.Config{URL: srv.URL, Token: "0123456789abcdef0123456789abcdef01234567", RetryPause: time.Millisecond})
			if err != nil {
				t.Fatal(err)
			}
			if _, err := c.Probe(t.Context()); !errors.Is(err, netbox.ErrTooLarge) {
				t.Errorf("probe: %v", err)
			}
			if _, err := c.Count(t.Context(), netbox.ObjectChange, nil); !errors.Is(err, netbox.ErrTooLarge) {
				t.Errorf("count: %v", err)
			}
			if asked.Load() != 2 {
				t.Errorf("it was asked for %d times", asked.Load())
			}
		})
	}
}
