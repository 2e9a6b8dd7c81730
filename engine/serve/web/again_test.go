package web_test

import (
	"context"
	"html"
	"io/fs"
	"net/http"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/diet-project/diet/engine"
	"github.com/diet-project/diet/engine/answer"
)

var (
	asksAgain  = regexp.MustCompile(`hx-get="([^"]*)" hx-trigger="every (\d+)s" hx-headers='\{"X-Diet-Shown":"([0-9a-f]+)"\}'`)
	loadsAgain = regexp.MustCompile(`<noscript><meta http-equiv="refresh" content="\d+"></noscript>`)
)

// asks sends what the page that was seen last asks by itself: nothing is answered while it is as it was.
func (b *browser) asks() *browser {
	b.Helper()
	m := asksAgain.FindStringSubmatch(b.last)
	if m == nil || !loadsAgain.MatchString(b.last) {
		b.Fatalf("%s does not come again by itself: %s", b.at, shorten(b.last))
	}
	req, err := http.NewRequestWithContext(b.Context(), http.MethodGet, b.pages.URL+html.UnescapeString(m[1]), nil)
	if err != nil {
		b.Fatal(err)
	}
	req.Header.Set("X-Diet-Shown", m[3])
	before, at := b.last, b.at
	if b.send(req); b.code == http.StatusNoContent {
		b.last, b.at = before, at
	}
	return b
}

// becomes asks as the page does, until it has changed and asks no more.
func (b *browser) becomes(text string) {
	b.Helper()
	for end := time.Now().Add(time.Minute); asksAgain.MatchString(b.last) || b.code == http.StatusNoContent; b.asks() {
		if time.Sleep(30 * time.Millisecond); time.Now().After(end) {
			b.Fatalf("%s asks for ever: %s", b.at, shorten(b.last))
		}
	}
	b.status(http.StatusOK).sees(text)
}

// TestComesAgain has pages that wait for something show it by themselves, once it is there, with JavaScript
// and without; a page on which somebody may have typed stays.
func TestComesAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(w *world) { w.idle = true })
	b := w.browser()
	w.set(func(cfg *engine.Config) { cfg.Mirror = w.dir + "/other.db" })
	b.get("/").post("/check") // NetBox is to be read for the first time
	waiting := map[string]*browser{}
	for _, page := range []string{"/", "/plans/web", "/plans/web/drift?show=all&sort=-when", "/plans/web/topology", "/plans/web/racks"} {
		waiting[page] = w.browser()
		waiting[page].get(page).sees("being read for the first time").asks()
		if waiting[page].code == http.StatusOK {
			t.Errorf("%s has changed while nothing has", page)
		}
	}
	w.start()
	for page, b := range waiting {
		if b.becomes("in sync"); b.at != page {
			t.Errorf("%s has become %s", page, b.at)
		}
	}
	for _, page := range []string{"/", "/plans/web", "/plans/web/topology", "/jobs"} {
		if b.get(page).becomes("web"); loadsAgain.MatchString(b.last) {
			t.Errorf("%s waits for nothing: %s", page, shorten(b.last))
		}
	}
}

// TestTyped leaves a page alone on which somebody may have typed.
func TestTyped(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(w *world) { w.idle = true })
	w.drift()
	b := w.browser()
	b.get("/").post("/check") // it waits to be done
	b.get("/").asks().get("/plans/web").asks()
	for _, page := range []string{"/plans/web/drift", "/plans/web/racks", "/plans/web/questions", "/sql"} {
		b.get(page).status(http.StatusOK)
		if asksAgain.MatchString(b.last) || strings.Contains(b.last, "http-equiv=\"refresh\"") {
			t.Errorf("%s is taken away from who fills it in", page)
		}
	}
	b.get("/plans/web/questions").sees("leave it gone, as known", "use user leave it gone", "use user keep NetBox's value")
}

// TestUnwritten keeps a form whose answers cannot be written, as where the unit of a service may not write beside
// the plans, and says what to do.
func TestUnwritten(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.drift()
	w.set(func(cfg *engine.Config) {
		cfg.Answer = func(_ context.Context, file string, _ []answer.Answer) error {
			return &answer.WriteError{Path: file, Err: &fs.PathError{Op: "open", Path: ".resolutions-1", Err: syscall.EROFS}}
		}
	})
	b := w.browser()
	b.get("/plans/web/questions")
	b.post("/plans/web/questions", "all", "acknowledge", "class", "drift", "kind", "device",
		"reason", "until the migration", "expires", "30d").
		status(http.StatusServiceUnavailable).
		sees("resolutions.yaml cannot be written: read-only file system", "ReadWritePaths", "until the migration").misses(".resolutions-1")
}

// TestForm shows on the form what happens without an answer, and what an answer does by name, as the preview of a
// terminal does.
func TestForm(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(w *world) { w.idle = true })
	like := w.object("devices", "web/web[1]")
	made := map[string]any{"name": "web-004"}
	for _, field := range []string{"device_type", "role", "site"} {
		ref, _ := like[field].(map[string]any)
		made[field] = ref["id"]
	}
	w.byHand(http.MethodPost, "dcim/devices", made)
	w.write(strings.Replace(text, "count: 3", "count: 5", 1))
	w.sync()
	b := w.browser().get("/plans/web/questions").status(http.StatusOK)
	b.sees("What needs no answer: 1 device to create", "rename what is there to web-004-manual (or the next free name)",
		`<a href="/plans/web">Cancel</a>`)
}
