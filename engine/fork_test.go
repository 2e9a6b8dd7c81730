package engine_test

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/diet-project/diet/mirror/mirrortest"
	"github.com/diet-project/diet/mirror/sandbox"
)

// doors serve several NetBoxes under one address, told apart by the token: a mirror and a
// store belong to an address, so that copies of them belong to copies of a NetBox.
type doors struct {
	mu    sync.Mutex
	to    map[string]http.Handler
	first http.Handler // of other tokens
	made  int
}

// add returns a new token, by which h is found until the test ends.
func (d *doors) add(t testing.TB, h http.Handler) string {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.made++
	if d.first == nil {
		d.first, d.to = h, map[string]http.Handler{}
		return token
	}
	key := fmt.Sprintf("d1e7%036d", d.made)
	d.to[key] = h
	t.Cleanup(func() { d.remove(key) })
	return key
}

func (d *doors) remove(key string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.to, key)
}

// ServeHTTP hands a request to the NetBox that its token opens.
func (d *doors) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	d.mu.Lock()
	h := d.to[strings.TrimPrefix(r.Header.Get("Authorization"), "Token ")]
	d.mu.Unlock()
	if h == nil {
		h = d.first
	}
	h.ServeHTTP(rw, r)
}

// moment is what stands at one moment of a run: in NetBox, and on disk.
type moment struct {
	of     *world
	server *sandbox.Server
	files  map[string]content
	clock  int64
}

// content is that of a file. Moments share what did not change between them.
type content struct {
	sum  [sha256.Size]byte
	text []byte
}

// contents are what the moments of a world hold, by their sums.
type contents map[[sha256.Size]byte]content

func (c contents) of(text []byte) content {
	sum := sha256.Sum256(text)
	if _, known := c[sum]; !known {
		c[sum] = content{sum, text}
	}
	return c[sum]
}

// moment keeps what stands now. Nothing may write meanwhile.
func (w *world) moment() *moment {
	w.Helper()
	if w.kept == nil {
		w.kept = contents{}
	}
	m := &moment{of: w, server: w.server.Fork(token, time.Now), files: map[string]content{}, clock: w.clock.Load()}
	err := fs.WalkDir(os.DirFS(w.dir), ".", func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			var text []byte
			text, err = os.ReadFile(filepath.Join(w.dir, path))
			m.files[path] = w.kept.of(text)
		}
		if errors.Is(err, fs.ErrNotExist) { // a lock was let go
			delete(m.files, path)
			return nil
		}
		return err
	})
	if err != nil {
		w.Fatal(err)
	}
	return m
}

// world is one that goes on from the moment, by itself, with a mirror that is open.
func (m *moment) world(t testing.TB, mirror string) *world {
	t.Helper()
	mirrortest.Sampled(t)
	w := &world{TB: t, dir: t.TempDir(), url: m.of.url, doors: m.of.doors}
	w.policies, w.actors, w.parallel = m.of.policies, m.of.actors, m.of.parallel
	w.clock.Store(m.clock)
	w.fail.Store(-1)
	w.token = w.doors.add(t, w)
	w.server = m.server.Fork(w.token, w.now)
	w.handler = w.server
	for path, c := range m.files {
		if err := os.WriteFile(filepath.Join(w.dir, path), c.text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	w.open(mirror)
	return w
}
