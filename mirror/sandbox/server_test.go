package sandbox_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/diet-project/diet/mirror/mirrortest"
	"github.com/diet-project/diet/mirror/sandbox"
)

func TestHundredThousandObjects(t *testing.T) {
	if testing.Short() {
		t.Skip("makes 100,000 interfaces")
	}
	w := newWorld(t, "4.6")
	site, role, kind := w.room(50)
	start := time.Now()
	for batch := range 20 {
		var list []obj
		for i := range 100 {
			list = append(list, obj{"name": fmt.Sprintf("d%02d%02d", batch, i), "site": site, "role": role, "device_type": kind})
		}
		w.must(201, "POST", "/api/dcim/devices/?fields=id,name,site,role,device_type", list)
	}
	t.Logf("2,000 devices with 50 interfaces: %v", time.Since(start))
	n, next := 0, 0
	start = time.Now()
	for {
		page := w.must(200, "GET", fmt.Sprintf("/api/dcim/interfaces/?limit=1000&start=%d&fields=id,name,device,type", next), nil).body.(obj)
		list := page["results"].([]any)
		if n += len(list); len(list) < 1000 {
			break
		}
		next = int(list[len(list)-1].(obj)["id"].(float64)) + 1
	}
	t.Logf("reading them: %v", time.Since(start))
	if n != 100000 {
		t.Errorf("%d interfaces, want 100000", n)
	}
	start = time.Now()
	var batch []obj
	for i := range 1000 {
		batch = append(batch, obj{"id": i*50 + 1, "description": "x"})
	}
	w.must(200, "PATCH", "/api/dcim/interfaces/", batch)
	w.must(200, "GET", "/api/dcim/interfaces/?name=eth07&limit=1000&ordering=id", nil)
	w.must(200, "GET", "/api/core/object-changes/?ordering=id&id__gt=100000&limit=1000", nil)
	t.Logf("a bulk PATCH of 1,000 and two lists: %v", time.Since(start))
	start = time.Now()
	var doomed []obj
	for i := range 100 {
		doomed = append(doomed, obj{"id": i + 1})
	}
	w.must(204, "DELETE", "/api/dcim/devices/", doomed)
	t.Logf("deleting 100 devices: %v", time.Since(start))
}

// BenchmarkBulkCreate creates 100 devices of 50 interfaces in one request.
func BenchmarkBulkCreate(b *testing.B) {
	w := newWorld(b, "4.6")
	site, role, kind := w.room(50)
	for round := 0; b.Loop(); round++ {
		var list []obj
		for i := range 100 {
			list = append(list, obj{"name": fmt.Sprintf("d%d-%03d", round, i), "site": site, "role": role, "device_type": kind})
		}
		w.must(201, "POST", "/api/dcim/devices/?fields=id,name,site,role,device_type", list)
	}
}

func TestFaults(t *testing.T) {
	site := obj{"name": "A", "slug": "a"}
	count := func(w *world) int { return len(w.srv.Objects("sites")) }
	t.Run("status", func(t *testing.T) {
		w := newWorld(t, "4.6")
		w.srv.FailNext(sandbox.Fault{Method: "POST", PathPrefix: "/api/dcim/", Status: 503, Body: "<html>", Times: 2})
		w.must(200, "GET", "/api/dcim/sites/", nil)
		w.must(503, "POST", "/api/dcim/sites/", site)
		r := w.must(503, "POST", "/api/dcim/sites/", site)
		if got := r.header.Get("Content-Type"); got != "text/html" {
			t.Errorf("Content-Type %q", got)
		}
		w.must(201, "POST", "/api/dcim/sites/", site)
	})
	t.Run("after commit", func(t *testing.T) {
		w := newWorld(t, "4.6")
		w.srv.FailNext(sandbox.Fault{Status: 504, AfterCommit: true})
		w.must(504, "POST", "/api/dcim/sites/", site)
		if count(w) != 1 {
			t.Error("nothing was written")
		}
	})
	t.Run("deadlock", func(t *testing.T) {
		w := newWorld(t, "4.6")
		w.srv.FailNext(sandbox.Deadlock("", ""))
		r := w.must(500, "POST", "/api/dcim/sites/", site)
		if e, _ := r.body.(obj)["error"].(string); !strings.HasPrefix(e, "deadlock detected") || r.body.(obj)["netbox_version"] != "4.6.8" {
			t.Errorf("body %s", r.raw)
		}
		if count(w) != 0 {
			t.Error("something was written")
		}
	})
	t.Run("connection", func(t *testing.T) {
		w := newWorld(t, "4.6")
		w.srv.FailNext(sandbox.Fault{Method: "POST", CloseConn: true, AfterCommit: true})
		if _, err := w.try("POST", "/api/dcim/sites/", site); !errors.Is(err, io.EOF) {
			t.Errorf("error %v, want EOF", err)
		}
		if count(w) != 1 {
			t.Error("nothing was written")
		}
	})
}

func TestHoldLetsOthersOvertake(t *testing.T) {
	w := newWorld(t, "4.6")
	hold, held := make(chan struct{}), make(chan struct{})
	w.srv.FailNext(sandbox.Fault{Method: "POST", BodyContains: `"late"`, Hold: hold, Held: held})
	late := make(chan error, 1)
	go func() {
		r, err := w.try("POST", "/api/dcim/sites/", obj{"name": "late", "slug": "late"})
		if err == nil && r.status != 201 {
			err = fmt.Errorf("status %d: %s", r.status, r.raw)
		}
		late <- err
	}()
	w.await("the late POST is held", held)
	w.must(201, "POST", "/api/dcim/sites/", obj{"name": "early", "slug": "early"})
	if got := len(w.srv.Objects("sites")); got != 1 {
		t.Fatalf("%d sites are seen, want 1", got)
	}
	close(hold)
	if err := <-late; err != nil {
		t.Fatalf("the held POST: %v", err)
	}
	if got := w.list("/api/core/object-changes/?ordering=id"); !slices.Equal(got, []int{1, 2}) {
		t.Errorf("changes %v, want 1 and 2", got)
	}
	if got := len(w.srv.Objects("sites")); got != 2 {
		t.Errorf("%d sites, want 2", got)
	}
}

// A fault strikes the request it is meant for, whichever comes first.
func TestFaultMatchesBody(t *testing.T) {
	w := newWorld(t, "4.6")
	w.srv.FailNext(sandbox.Fault{Method: "POST", BodyContains: `"slug":"b"`, Status: 503})
	w.must(201, "POST", "/api/dcim/sites/", obj{"name": "A", "slug": "a"})
	w.must(503, "POST", "/api/dcim/sites/", obj{"name": "B", "slug": "b"})
	w.must(201, "POST", "/api/dcim/sites/", obj{"name": "B", "slug": "b"})
}

func TestWhoDidIt(t *testing.T) {
	w := newWorldOf(t, sandbox.Config{Token: "d", Tokens: map[string]string{"p": "paula"}, ReadOnlyTokens: []string{"r"}})
	srv := w.srv
	post := func(token, slug string) int {
		req, err := http.NewRequestWithContext(w.ctx, http.MethodPost, w.url+"/api/extras/tags/",
			strings.NewReader(`{"name":"`+slug+`","slug":"`+slug+`"}`))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Authorization", "Token "+token)
		req.Header.Set("Content-Type", "application/json")
		res, err := mirrortest.Client.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		return res.StatusCode
	}
	if got := []int{post("d", "a"), post("p", "b"), post("r", "c"), post("x", "d")}; !slices.Equal(got, []int{201, 201, 403, 403}) {
		t.Errorf("statuses %v", got)
	}
	if got := srv.Requests(); len(got) != 4 || got[2].Status != 403 || got[0].Path != "/api/extras/tags/" {
		t.Errorf("requests %v", got)
	}
	srv.ResetRequests()
	if got := srv.Requests(); len(got) != 0 {
		t.Errorf("requests after the reset %v", got)
	}
}

func TestConcurrentUse(t *testing.T) {
	w := newWorld(t, "4.6")
	site, role, kind := w.room(4)
	var wg sync.WaitGroup
	for worker := range 4 {
		expect := func(status int, method, path string, body any) {
			if r, err := w.try(method, path, body); err != nil || r.status != status {
				t.Errorf("%s %s: %d %v %.200s", method, path, r.status, err, r.raw)
			}
		}
		wg.Go(func() {
			for i := range 20 {
				name := fmt.Sprintf("w%d-%d", worker, i)
				expect(201, "POST", "/api/dcim/devices/", obj{"name": name, "site": site, "role": role, "device_type": kind})
				expect(200, "GET", "/api/dcim/interfaces/?limit=100", nil)
				if i%5 == 0 {
					expect(201, "POST", "/api/extras/custom-fields/", obj{
						"name": fmt.Sprintf("f%d_%d", worker, i), "type": "text",
						"object_types": []string{"dcim.device", "dcim.interface"}, "default": "x",
					})
				}
				expect(200, "GET", "/api/core/object-changes/?limit=100", nil)
			}
		})
	}
	wg.Wait()
	if n := len(w.srv.Objects("interfaces")); n != 320 {
		t.Errorf("%d interfaces, want 320", n)
	}
}

func TestFixedClock(t *testing.T) {
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	w := newWorldOf(t, sandbox.Config{Now: func() time.Time { return at }})
	r := w.must(201, "POST", "/api/dcim/sites/", obj{"name": "A", "slug": "a"})
	again := w.must(200, "PATCH", "/api/dcim/sites/1/", obj{"description": "x"})
	if r.header.Get("ETag") == again.header.Get("ETag") {
		t.Error("a PATCH keeps the ETag")
	}
	if got := r.header.Get("Date"); got != "Fri, 02 Jan 2026 03:04:05 GMT" {
		t.Errorf("Date %q", got)
	}
	if _, err := sandbox.New(sandbox.Config{Version: "3.7"}); err == nil {
		t.Error("3.7 is accepted")
	}
}
