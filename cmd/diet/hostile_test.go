package main

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// carriedFile is a preview in a file, as docs/carried.md describes it.
type carriedFile struct {
	Format  string                       `json:"format"`
	Version int                          `json:"version"`
	Diet    string                       `json:"diet_version"`
	NetBox  string                       `json:"netbox"`
	Digest  string                       `json:"digest"`
	Preview json.RawMessage              `json:"preview"`
	Lists   map[string][]json.RawMessage `json:"lists"`

	Approvals []json.RawMessage `json:"approvals,omitempty"`
}

func zipped(tb testing.TB, text []byte) []byte {
	tb.Helper()
	var out bytes.Buffer
	zip, err := gzip.NewWriterLevel(&out, gzip.BestCompression)
	if err != nil {
		tb.Fatal(err)
	}
	if _, err := zip.Write(text); err != nil {
		tb.Fatal(err)
	}
	if err := zip.Close(); err != nil {
		tb.Fatal(err)
	}
	return out.Bytes()
}

func encoded(tb testing.TB, v any) []byte {
	tb.Helper()
	var out bytes.Buffer
	if err := json.NewEncoder(&out).Encode(v); err != nil {
		tb.Fatal(err)
	}
	return out.Bytes()
}

// fitted is a file with a digest that fits, as anybody can write one.
func fitted(tb testing.TB, c carriedFile) []byte {
	tb.Helper()
	sum := sha256.Sum256(encoded(tb, []any{c.Format, c.Version, c.Diet, c.NetBox, c.Preview, c.Lists}))
	c.Digest = hex.EncodeToString(sum[:])
	return zipped(tb, encoded(tb, c))
}

// set is the preview of a file with other values.
func (c carriedFile) set(tb testing.TB, values map[string]any) carriedFile {
	tb.Helper()
	var preview map[string]any
	if err := json.Unmarshal(c.Preview, &preview); err != nil {
		tb.Fatal(err)
	}
	for name, v := range values {
		preview[name] = v
	}
	c.Preview = encoded(tb, preview)
	return c
}

// with is a file with another list.
func (c carriedFile) with(part string, rows ...json.RawMessage) carriedFile {
	lists := map[string][]json.RawMessage{}
	for name, list := range c.Lists {
		lists[name] = list
	}
	lists[part] = rows
	c.Lists = lists
	return c
}

// swapped is a file with a text of a list replaced.
func (c carriedFile) swapped(tb testing.TB, part, old, text string) carriedFile {
	tb.Helper()
	var rows []json.RawMessage
	found := false
	for _, row := range c.Lists[part] {
		found = found || strings.Contains(string(row), old)
		rows = append(rows, json.RawMessage(strings.ReplaceAll(string(row), old, text)))
	}
	if !found {
		tb.Fatalf("no %q in %s", old, part)
	}
	return c.with(part, rows...)
}

const oneAnswer = `{"plan":"web","object":"web/web[3]","answer":"approve","reason":"x"}`

// hostile are files that somebody made of a true one, to have something done or shown that it
// does not stand for.
func hostile(t *testing.T, whole []byte) map[string][]byte {
	t.Helper()
	zip, err := gzip.NewReader(bytes.NewReader(whole))
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(zip)
	if err != nil {
		t.Fatal(err)
	}
	var c carriedFile
	if err := json.Unmarshal(text, &c); err != nil {
		t.Fatal(err)
	}
	changes, digests := c.Lists["changes"], c.Lists["digests"]
	fit := func(c carriedFile) []byte { return fitted(t, c) }
	wrong := func(change func(*carriedFile)) []byte {
		other := c
		change(&other)
		return zipped(t, encoded(t, other))
	}
	other := c
	other.NetBox = "http://evil.example.com"
	diet := c
	diet.Diet = "v0.0.1"
	later := c
	later.Version = 2
	format := c
	format.Format = "zip"
	approved := c
	approved.Approvals = []json.RawMessage{json.RawMessage(`{"statement":"{}","signature":"x"}`)}
	corrupt := bytes.Clone(whole)
	corrupt[len(corrupt)-6] ^= 1
	plan := string(c.Lists["plan"][0])
	return map[string][]byte{
		"magic alone":              {0x1f, 0x8b},
		"cut":                      whole[:len(whole)-9],
		"garbage behind it":        append(bytes.Clone(whole), "garbage"...),
		"another one behind it":    append(bytes.Clone(whole), whole...),
		"a wrong checksum":         corrupt,
		"packed twice":             zipped(t, whole),
		"no JSON":                  zipped(t, []byte("diet-preview")),
		"null":                     zipped(t, []byte("null")),
		"a deep nest":              zipped(t, []byte(strings.Repeat("[", 1<<20))),
		"a bomb of blanks":         zipped(t, bytes.Repeat([]byte(" "), 70<<20)),
		"a bomb of changes":        zipped(t, []byte(`{"lists":{"changes":[`+strings.Repeat("{},", 25<<20)+`{}]}}`)),
		"empty changes":            fit(c.with("changes", json.RawMessage("{}"), json.RawMessage("{}"))),
		"an old digest, no plan":   wrong(func(c *carriedFile) { *c = c.with("plan") }),
		"an old digest, no change": wrong(func(c *carriedFile) { *c = c.with("changes") }),
		"an old digest, renamed":   wrong(func(c *carriedFile) { *c = c.set(t, map[string]any{"plan": "other"}) }),
		"another NetBox":           fit(other),
		"another diet":             fit(diet),
		"a later format":           fit(later),
		"another format":           fit(format),
		"another plan":             fit(c.with("plan", json.RawMessage(strings.Replace(plan, "Server", "Sorver", 1)))),
		"no plan":                  fit(c.with("plan")),
		"another plan's key":       fit(c.set(t, map[string]any{"plan": "other"})),
		"another policy":           fit(c.set(t, map[string]any{"policy_digest": strings.Repeat("0", 64)})),
		"nothing to see":           fit(c.with("changes").with("digests")),
		"a change that is hidden":  fit(c.with("changes", changes[1:]...)),
		"a digest less":            fit(c.with("digests", digests[1:]...).with("changes", changes[1:]...)),
		"a change twice":           fit(c.with("changes", append(changes[:1:1], changes...)...)),
		"a harmless look":          fit(c.swapped(t, "changes", `"action":"create"`, `"action":"own"`)),
		"another value":            fit(c.swapped(t, "changes", `web-003`, `web-333`)),
		"an escape to look at":     fit(c.swapped(t, "changes", `web-003`, `web\u001b[2Jm\u202e003`)),
		"another verdict":          fit(c.swapped(t, "changes", `"decision":"apply"`, `"decision":"deny"`)),
		"an answer":                fit(c.with("answers", json.RawMessage(oneAnswer))),
		"another target":           fit(c.set(t, map[string]any{"targets": []string{"web/web[3]"}})),
		"all but one":              fit(c.set(t, map[string]any{"excluded": []string{"web/web[3]"}})),
		"a target that is nothing": fit(c.set(t, map[string]any{"targets": []string{"web/\u001b[2J"}})),
		"a destruction":            fit(c.set(t, map[string]any{"destroys": map[string]any{"key": "web"}})),
		"a rollback of nothing":    fit(c.set(t, map[string]any{"rollback_of": "run-1"})),
		"numbers that are none":    fit(c.set(t, map[string]any{"approvals_demanded": -1e300})),
		"an approval by nobody":    fit(approved),
	}
}

// TestHostileFiles looks at and applies files that were tampered with: each is refused with a
// word of it, sends nothing, and has the terminal do nothing.
func TestHostileFiles(t *testing.T) {
	t.Parallel()
	g := newGround(t)
	g.done("apply", "--yes", "less.yaml")
	g.done("preview", "plan.yaml", "--out", "true.diet")
	text, err := os.ReadFile(filepath.Join(g.dir, "true.diet"))
	if err != nil {
		t.Fatal(err)
	}
	before := len(g.server.Objects("devices"))
	g.server.ResetRequests()
	for name, file := range hostile(t, text) {
		g.write("hostile.diet", string(file))
		for _, command := range []string{"preview", "apply"} {
			p := g.start(command, "hostile.diet", "--store", name+".store") // that knows nothing of the true one
			code := p.end()
			said := p.stdout.String() + p.said()
			if command == "apply" && code != exitError && code != exitStale || code != 0 && strings.TrimSpace(p.said()) == "" {
				t.Errorf("%s: %s exits %d: %.500s", name, command, code, said)
			}
			for _, bad := range []string{"panic", "goroutine", "\x1b", "\u202e", "runtime error"} {
				if strings.Contains(said, bad) {
					t.Errorf("%s: %s says %q: %.500q", name, command, bad, said)
				}
			}
		}
	}
	for _, r := range g.server.Requests() {
		if r.Method != http.MethodGet && r.Method != http.MethodOptions {
			t.Errorf("it sent %s %s", r.Method, r.Path)
		}
	}
	if n := len(g.server.Objects("devices")); n != before {
		t.Errorf("%d devices, were %d", n, before)
	}
	g.done("apply", "true.diet") // the true one is as good as ever
	g.finishes("plan.yaml")
}
