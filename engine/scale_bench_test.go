package engine_test

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"runtime/metrics"
	"testing"
	"time"

	"github.com/diet-project/diet/engine"
	"github.com/diet-project/diet/engine/apply"
	"github.com/diet-project/diet/generate"
	"github.com/diet-project/diet/mirror/mirrortest"
	"github.com/diet-project/diet/mirror/sandbox"
)

// written is a write that diet sent.
type written struct {
	method, path string
	body         []byte
}

// BenchmarkApply is the first apply of a plan on an empty sandbox: preview, writes, and the
// verification; and then a second one, which writes nothing. The baseline sends the same
// requests with the same bodies to another empty sandbox, one at a time as diet does here,
// and does nothing else. peak-MB is the largest heap meanwhile, the sandbox's own included.
func BenchmarkApply(b *testing.B) {
	for _, path := range []string{"plan/web-96", "scale/web-256", "scale/web-1024"} {
		b.Run(filepath.Base(path), func(b *testing.B) {
			var sum recorded
			var bare float64
			for b.Loop() {
				r := applyRecorded(b, planFile(b, path))
				sum.preview += r.preview
				sum.apply += r.apply
				sum.again += r.again
				sum.asked += r.asked
				sum.reads += r.reads
				sum.objects += r.objects
				sum.peak = max(sum.peak, r.peak)
				sum.sent = append(sum.sent, r.sent...)
				bare += bareWrites(b, emptySandbox(b), r.sent)
			}
			n := float64(b.N)
			b.ReportMetric(sum.preview/n, "preview-s/op")
			b.ReportMetric(float64(len(sum.sent))/n, "writes/op")
			b.ReportMetric(float64(sum.reads)/n, "reads/op")
			b.ReportMetric(float64(len(sum.sent)+sum.reads)/float64(sum.objects), "requests/object")
			b.ReportMetric(sum.again/n, "noop-s/op")
			b.ReportMetric(float64(sum.asked)/n, "noop-requests/op")
			b.ReportMetric(sum.peak, "peak-MB")
			b.ReportMetric((sum.preview+sum.apply)/bare, "x-bare-writer")
		})
	}
}

// recorded is an apply and the next one.
type recorded struct {
	preview, apply, again float64 // seconds
	sent                  []written
	reads, objects        int
	asked                 int     // requests of the next one
	peak                  float64 // MB
}

// sentWrites are the writes that a sandbox got.
type sentWrites struct {
	list []written
}

func (s *sentWrites) reset() { s.list = nil }

// recorder is an engine on a sandbox, one request at a time, whose writes are recorded.
func recorder(b *testing.B, server *sandbox.Server) (*engine.Engine, *sentWrites) {
	b.Helper()
	sent := &sentWrites{}
	web := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet && r.Method != http.MethodOptions && !isLease(r) {
			body, _ := io.ReadAll(r.Body)
			sent.list = append(sent.list, written{r.Method, r.URL.RequestURI(), body})
			r.Body = io.NopCloser(bytes.NewReader(body))
		}
		server.ServeHTTP(rw, r)
	}))
	b.Cleanup(web.Close)
	file := filepath.Join(b.TempDir(), "mirror.db")
	eng, err := engine.New(b.Context(), engine.Config{URL: web.URL, Token: token, Mirror: file, Parallel: 1})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = eng.Close() })
	return eng, sent
}

// applyRecorded applies a plan to an empty sandbox, twice.
func applyRecorded(b *testing.B, plan *generate.Plan) (out recorded) {
	b.Helper()
	server := emptySandbox(b)
	eng, sent := recorder(b, server)
	if _, err := eng.Init(b.Context()); err != nil {
		b.Fatal(err)
	}
	initial := len(sent.list)
	server.ResetRequests()
	var p *engine.Preview
	var result *apply.Result
	var err error
	out.peak = peakHeap(func() {
		out.preview = seconds(func() { p, err = eng.Preview(b.Context(), plan) })
		if err != nil {
			b.Fatal(err)
		}
		out.apply = seconds(func() { result, _, err = eng.Apply(b.Context(), plan, engine.ApplyOptions{Preview: p}) })
	})
	if err != nil || len(result.Failed) > 0 {
		b.Fatalf("apply: %v, failed %+v", err, result)
	}
	out.sent, out.objects = sent.list, len(result.Created)+len(result.Owned)
	out.reads = len(server.Requests()) + initial - len(out.sent)
	server.ResetRequests()
	out.again = seconds(func() { result, _, err = eng.Apply(b.Context(), plan, engine.ApplyOptions{}) })
	if err != nil || result.Requests > 0 {
		b.Fatalf("the second apply: %v, %+v", err, result)
	}
	out.asked = len(server.Requests())
	return out
}

// peakHeap is the largest heap, in MB, while f runs.
func peakHeap(f func()) float64 {
	var peak uint64
	stop, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
		for {
			metrics.Read(sample)
			peak = max(peak, sample[0].Value.Uint64())
			select {
			case <-stop:
				return
			case <-time.After(10 * time.Millisecond):
			}
		}
	}()
	f()
	close(stop)
	<-done
	return float64(peak) / 1e6
}

func emptySandbox(b *testing.B) *sandbox.Server {
	b.Helper()
	server, err := sandbox.New(sandbox.Config{Version: "4.6", Token: token})
	if err != nil {
		b.Fatal(err)
	}
	return server
}

// bareWrites sends writes to another sandbox in the same state, where all get the same ids, and
// returns how many seconds that takes.
func bareWrites(b *testing.B, server *sandbox.Server, sent []written) float64 {
	b.Helper()
	web := httptest.NewServer(server)
	defer web.Close()
	return seconds(func() {
		for _, w := range sent {
			if err := resend(b, web.URL, w); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func resend(b *testing.B, base string, w written) error {
	b.Helper()
	req, err := http.NewRequestWithContext(b.Context(), w.method, base+w.path, bytes.NewReader(w.body))
	if err != nil {
		return err
	}
	req.Header.Set("Authorization", "Token "+token)
	req.Header.Set("Content-Type", "application/json")
	res, err := mirrortest.Client.Do(req)
	if err != nil {
		return err
	}
	defer func() { _ = res.Body.Close() }()
	text, err := io.ReadAll(res.Body)
	if err == nil && res.StatusCode >= http.StatusMultipleChoices {
		err = fmt.Errorf("%s %s: %s %.300s", w.method, w.path, res.Status, text)
	}
	return err
}
