package engine_test

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/diet-project/diet/engine"
	"github.com/diet-project/diet/generate"
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
// and does nothing else.
func BenchmarkApply(b *testing.B) {
	for _, path := range []string{"plan/web-96", "scale/web-256", "scale/web-1024"} {
		b.Run(filepath.Base(path), func(b *testing.B) {
			var sum recorded
			var bare time.Duration
			for b.Loop() {
				r := applyRecorded(b, path)
				sum.preview += r.preview
				sum.apply += r.apply
				sum.again += r.again
				sum.asked += r.asked
				sum.sent = append(sum.sent, r.sent...)
				bare += bareWrites(b, r.sent)
			}
			n := float64(b.N)
			b.ReportMetric(sum.preview.Seconds()/n, "preview-s/op")
			b.ReportMetric(float64(len(sum.sent))/n, "writes/op")
			b.ReportMetric(sum.again.Seconds()/n, "noop-s/op")
			b.ReportMetric(float64(sum.asked)/n, "noop-requests/op")
			b.ReportMetric(float64(sum.preview+sum.apply)/float64(bare), "x-bare-writer")
		})
	}
}

// recorded is an apply and the next one.
type recorded struct {
	preview, apply, again time.Duration
	sent                  []written
	asked                 int // requests of the next one
}

// applyRecorded applies a plan to an empty sandbox, twice.
func applyRecorded(b *testing.B, path string) (out recorded) {
	b.Helper()
	data, err := os.ReadFile("../testdata/" + path + ".yaml")
	if err != nil {
		b.Fatal(err)
	}
	plan, err := generate.Load(path, data)
	if err != nil {
		b.Fatal(err)
	}
	server := emptySandbox(b)
	web := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet && r.Method != http.MethodOptions && !isLease(r) {
			body, _ := io.ReadAll(r.Body)
			out.sent = append(out.sent, written{r.Method, r.URL.RequestURI(), body})
			r.Body = io.NopCloser(bytes.NewReader(body))
		}
		server.ServeHTTP(rw, r)
	}))
	defer web.Close()
	file := filepath.Join(b.TempDir(), "mirror.db")
	eng, err := engine.New(b.Context(), engine.Config{URL: web.URL, Token: token, Mirror: file, Parallel: 1})
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = eng.Close() }()
	if _, err := eng.Init(b.Context()); err != nil {
		b.Fatal(err)
	}
	began := time.Now()
	p, err := eng.Preview(b.Context(), plan)
	if err != nil {
		b.Fatal(err)
	}
	out.preview = time.Since(began)
	result, _, err := eng.Apply(b.Context(), plan, engine.ApplyOptions{Preview: p})
	if err != nil || len(result.Failed) > 0 {
		b.Fatalf("apply: %v, failed %+v", err, result)
	}
	out.apply = time.Since(began) - out.preview
	server.ResetRequests()
	began = time.Now()
	if result, _, err = eng.Apply(b.Context(), plan, engine.ApplyOptions{}); err != nil || result.Requests > 0 {
		b.Fatalf("the second apply: %v, %+v", err, result)
	}
	out.again, out.asked = time.Since(began), len(server.Requests())
	return out
}

func emptySandbox(b *testing.B) *sandbox.Server {
	b.Helper()
	server, err := sandbox.New(sandbox.Config{Version: "4.6", Token: token})
	if err != nil {
		b.Fatal(err)
	}
	return server
}

// bareWrites sends writes to another empty sandbox, where all get the same ids.
func bareWrites(b *testing.B, sent []written) time.Duration {
	b.Helper()
	web := httptest.NewServer(emptySandbox(b))
	defer web.Close()
	began := time.Now()
	for _, w := range sent {
		if err := resend(b, web.URL, w); err != nil {
			b.Fatal(err)
		}
	}
	return time.Since(began)
}

func resend(b *testing.B, base string, w written) error {
	b.Helper()
	req, err := http.NewRequestWithContext(b.Context(), w.method, base+w.path, bytes.NewReader(w.body))
	if err != nil {
		return err
	}
	req.Header.Set("Authorization", "Token "+token)
	req.Header.Set("Content-Type", "application/json")
	res, err := http.DefaultClient.Do(req)
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
