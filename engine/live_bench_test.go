package engine_test

import (
	"bytes"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/diet-project/diet/engine"
	"github.com/diet-project/diet/engine/apply"
	"github.com/diet-project/diet/generate"
	"github.com/diet-project/diet/mirror"
)

// BenchmarkLive measures diet on the real server of make netbox: the first apply of a plan,
// an apply with nothing to do, a full and an incremental sync. The baselines are programs
// that do no more than the same writes, in the same batches and with the same parallelism,
// on an emptied server, and no more than a download of what the sync reads. The figures
// are of one run: make bench-netbox.
func BenchmarkLive(b *testing.B) {
	if os.Getenv("DIET_TEST_NETBOX") != "1" || os.Getenv("NETBOX_SERVER") == "" {
		b.Skip("needs the real server of make netbox, which it empties: make bench-netbox")
	}
	for _, path := range []string{"plan/web-96", "scale/web-256", "scale/web-1024"} {
		b.Run(filepath.Base(path), func(b *testing.B) { benchmarkLive(b, path) })
	}
}

// parallel is how many requests are made at once.
const parallel = 4

// measured are the figures of one run, by what was measured and the unit.
type measured map[string]map[string]float64

func benchmarkLive(b *testing.B, path string) {
	data, err := os.ReadFile("../testdata/" + path + ".yaml")
	mustBench(b, err)
	plan, err := generate.Load(path, data)
	mustBench(b, err)
	empty(b)
	server, found := overhear(b), measured{}
	eng := liveEngine(b, server.url)
	written := found.apply(b, eng, server, plan)
	found.again(b, eng, server, plan)
	bare := newBare(b)
	found.syncs(b, eng, bare)

	ports := bare.ports()
	empty(b)
	_ = liveEngine(b, server.url) // the custom fields
	first := found["apply"]
	first["bare-s"], first["bare-server-cpu-s"] = cost(b, func() { bare.write(written, ports) })
	first["x-bare-writer"] = first["apply-s"] / first["bare-s"]
	first["x-bare-server-cpu"] = first["server-cpu-s"] / first["bare-server-cpu-s"]
	for name, metrics := range found {
		b.Run(name, func(b *testing.B) {
			b.ReportMetric(0, "ns/op")
			for unit, n := range metrics {
				b.ReportMetric(n, unit)
			}
		})
	}
}

// apply is the first apply of a plan. It returns what was written.
func (m measured) apply(b *testing.B, eng *engine.Engine, server *ear, plan *generate.Plan) []*exchange {
	b.Helper()
	var p *engine.Preview
	var result *apply.Result
	var err error
	preview := seconds(func() { p, err = eng.Preview(b.Context(), plan) })
	mustBench(b, err)
	server.reset()
	took, cpu := cost(b, func() { result, _, err = eng.Apply(b.Context(), plan, engine.ApplyOptions{Preview: p}) })
	mustBench(b, err)
	writes, reads := server.reset()
	m["apply"] = map[string]float64{
		"preview-s": preview, "apply-s": took, "server-cpu-s": cpu,
		"writes": float64(len(writes)), "reads": float64(reads), "errors": float64(len(result.Errors)),
	}
	b.Logf("first apply: %v", m["apply"])
	for _, e := range result.Errors[:min(5, len(result.Errors))] {
		b.Logf("%s: %s", e.Object, e.Error)
	}
	return writes
}

// again is an apply with nothing to do.
func (m measured) again(b *testing.B, eng *engine.Engine, server *ear, plan *generate.Plan) {
	b.Helper()
	var result *apply.Result
	var err error
	took := seconds(func() { result, _, err = eng.Apply(b.Context(), plan, engine.ApplyOptions{}) })
	mustBench(b, err)
	_, reads := server.reset()
	m["no-op"] = map[string]float64{"apply-s": took, "reads": float64(reads), "writes": float64(result.Requests)}
	b.Logf("second apply: %v", m["no-op"])
}

// syncs are a full and an incremental sync beside a download.
func (m measured) syncs(b *testing.B, eng *engine.Engine, bare *bare) {
	b.Helper()
	asked := 0
	download := seconds(func() { asked = bare.download() })
	m["bare-download"] = map[string]float64{"s": download, "reads": float64(asked)}
	for name, opt := range map[string]mirror.Options{"full-sync": {Full: true}, "incremental-sync": {}} {
		var synced mirror.Result
		var err error
		took := seconds(func() { synced, err = eng.Sync(b.Context(), opt) })
		mustBench(b, err)
		m[name] = map[string]float64{"sync-s": took, "reads": float64(synced.Requests), "x-bare-download": took / download}
	}
	b.Logf("syncs: %v", m)
}

func seconds(f func()) float64 {
	began := time.Now()
	f()
	return time.Since(began).Seconds()
}

// cost is how long f takes, and how much CPU the server uses meanwhile: a figure that other
// work on the machine leaves alone.
func cost(b *testing.B, f func()) (took, cpu float64) {
	b.Helper()
	before := serverCPU(b)
	took = seconds(f)
	return took, serverCPU(b) - before
}

func serverCPU(b *testing.B) float64 {
	b.Helper()
	out, err := exec.CommandContext(b.Context(), "bash", "-c", os.Getenv("NETBOX_SERVER")+" cpu").Output()
	mustBench(b, err)
	n, err := strconv.ParseFloat(strings.TrimSpace(string(out)), 64)
	mustBench(b, err)
	return n
}

func mustBench(b *testing.B, err error) {
	b.Helper()
	if err != nil {
		b.Fatal(err)
	}
}

// empty gives the server a fresh database.
func empty(b *testing.B) {
	b.Helper()
	if out, err := exec.CommandContext(b.Context(), "bash", "-c", os.Getenv("NETBOX_RESET")).CombinedOutput(); err != nil {
		b.Fatalf("reset: %v\n%s", err, out)
	}
}

// liveEngine is one with a new mirror, on a NetBox that is set up.
func liveEngine(b *testing.B, address string) *engine.Engine {
	b.Helper()
	eng, err := engine.New(b.Context(), engine.Config{
		URL: address, Token: os.Getenv("NETBOX_TOKEN"), Mirror: filepath.Join(b.TempDir(), "mirror.db"), Parallel: parallel,
	})
	mustBench(b, err)
	b.Cleanup(func() { _ = eng.Close() })
	_, err = eng.Init(b.Context())
	mustBench(b, err)
	return eng
}

// exchange is a write with its answer.
type exchange struct {
	method, path string
	body, answer []byte
	status       int
}

// ear stands before the server, and keeps what is written.
type ear struct {
	url    string
	mu     sync.Mutex
	writes []*exchange
	reads  int
}

// overhear starts one.
func overhear(b *testing.B) *ear {
	b.Helper()
	target, err := url.Parse(os.Getenv("NETBOX_URL"))
	mustBench(b, err)
	e := &ear{}
	proxy := &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(target)
			r.Out.Host = r.In.Host
		},
		Transport: &http.Transport{DisableKeepAlives: true}, // gunicorn closes connections that lie idle
		ErrorLog:  log.New(io.Discard, "", 0),               // requests that diet gives up
	}
	web := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) { e.serve(proxy, rw, r) }))
	b.Cleanup(web.Close)
	e.url = web.URL
	return e
}

func (e *ear) serve(proxy http.Handler, rw http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodGet || r.Method == http.MethodOptions {
		e.mu.Lock()
		e.reads++
		e.mu.Unlock()
		proxy.ServeHTTP(rw, r)
		return
	}
	body, _ := io.ReadAll(r.Body)
	r.Body = io.NopCloser(bytes.NewReader(body))
	x := &exchange{method: r.Method, path: r.URL.Path, body: body}
	if !strings.HasPrefix(x.path, "/api/extras/tags/") || x.method == http.MethodPost && !bytes.Contains(body, []byte("diet-lease")) {
		e.mu.Lock()
		e.writes = append(e.writes, x)
		e.mu.Unlock()
	}
	r.Header.Set("Accept-Encoding", "identity")
	heard := &echo{ResponseWriter: rw}
	proxy.ServeHTTP(heard, r)
	x.status, x.answer = heard.status, heard.body.Bytes()
}

// reset forgets what was heard, and returns it: of the writes those that were carried out.
func (e *ear) reset() (writes []*exchange, reads int) {
	e.mu.Lock()
	defer e.mu.Unlock()
	writes = slices.DeleteFunc(e.writes, func(x *exchange) bool { return x.status >= http.StatusMultipleChoices })
	reads = e.reads
	e.writes, e.reads = nil, 0
	return writes, reads
}

// echo copies an answer.
type echo struct {
	http.ResponseWriter
	status int
	body   bytes.Buffer
}

func (e *echo) WriteHeader(status int) {
	e.status = status
	e.ResponseWriter.WriteHeader(status)
}

func (e *echo) Write(p []byte) (int, error) {
	e.body.Write(p)
	return e.ResponseWriter.Write(p)
}
