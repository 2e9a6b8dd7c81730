package sandbox_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

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

func TestBulkIsFast(t *testing.T) {
	w := newWorld(t, "4.6")
	site, role, kind := w.room(50)
	var list []obj
	for i := range 100 {
		list = append(list, obj{"name": fmt.Sprintf("d%03d", i), "site": site, "role": role, "device_type": kind})
	}
	start := time.Now()
	w.must(201, "POST", "/api/dcim/devices/", list)
	took := time.Since(start)
	t.Logf("100 devices with 50 interfaces: %v", took)
	if took > 3*time.Second {
		t.Errorf("100 devices with 50 interfaces took %v", took)
	}
	if n := len(w.srv.Objects("interfaces")); n != 5000 {
		t.Errorf("%d interfaces, want 5000", n)
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
		req, err := http.NewRequest(http.MethodPost, w.url+"/api/dcim/sites/", strings.NewReader(`{"name":"A","slug":"a"}`))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Authorization", "Token "+sandbox.DefaultToken)
		req.Header.Set("Content-Type", "application/json")
		if _, err := http.DefaultClient.Do(req); !errors.Is(err, io.EOF) { //nolint:bodyclose // there is none
			t.Errorf("error %v, want EOF", err)
		}
		if count(w) != 1 {
			t.Error("nothing was written")
		}
	})
}

func TestHoldLetsOthersOvertake(t *testing.T) {
	w := newWorld(t, "4.6")
	hold := make(chan struct{})
	w.srv.FailNext(sandbox.Fault{Method: "POST", PathPrefix: "/api/dcim/sites/", Hold: hold})
	late := make(chan reply)
	go func() { late <- w.do("POST", "/api/dcim/sites/", obj{"name": "late", "slug": "late"}) }()
	for len(w.list("/api/dcim/sites/?limit=1")) == 0 {
		w.do("POST", "/api/dcim/sites/", obj{"name": "early", "slug": "early"})
	}
	if got := len(w.srv.Objects("sites")); got != 1 {
		t.Fatalf("%d sites are seen, want 1", got)
	}
	close(hold)
	r := <-late
	if r.status != 201 {
		t.Fatalf("held POST: %d %s", r.status, r.raw)
	}
	if got := w.list("/api/core/object-changes/?ordering=id"); !slices.Equal(got, []int{1, 2}) {
		t.Errorf("changes %v, want 1 and 2", got)
	}
	if got := len(w.srv.Objects("sites")); got != 2 {
		t.Errorf("%d sites, want 2", got)
	}
}

func TestWhoDidIt(t *testing.T) {
	srv, err := sandbox.New(sandbox.Config{Token: "d", Tokens: map[string]string{"p": "paula"}, ReadOnlyTokens: []string{"r"}})
	if err != nil {
		t.Fatal(err)
	}
	ts := httptest.NewServer(srv)
	t.Cleanup(ts.Close)
	post := func(token, slug string) int {
		req, err := http.NewRequest(http.MethodPost, ts.URL+"/api/extras/tags/", strings.NewReader(`{"name":"`+slug+`","slug":"`+slug+`"}`))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Authorization", "Token "+token)
		req.Header.Set("Content-Type", "application/json")
		res, err := http.DefaultClient.Do(req)
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
		wg.Go(func() {
			for i := range 20 {
				name := fmt.Sprintf("w%d-%d", worker, i)
				r := w.do("POST", "/api/dcim/devices/", obj{"name": name, "site": site, "role": role, "device_type": kind})
				if r.status != 201 {
					t.Errorf("create: %d %s", r.status, r.raw)
				}
				w.do("GET", "/api/dcim/interfaces/?limit=100", nil)
				if i%5 == 0 {
					w.do("POST", "/api/extras/custom-fields/", obj{"name": fmt.Sprintf("f%d_%d", worker, i), "type": "text",
						"object_types": []string{"dcim.device", "dcim.interface"}, "default": "x"})
				}
				w.do("GET", "/api/core/object-changes/?limit=100", nil)
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
	srv, err := sandbox.New(sandbox.Config{Now: func() time.Time { return at }})
	if err != nil {
		t.Fatal(err)
	}
	ts := httptest.NewServer(srv)
	t.Cleanup(ts.Close)
	w := &world{t: t, srv: srv, url: ts.URL}
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
