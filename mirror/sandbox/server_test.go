package sandbox_test

import (
	"fmt"
	"testing"
	"time"
)

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
	page := w.must(200, "GET", "/api/dcim/interfaces/?limit=1000&start=0", nil).body.(obj)
	if n := len(page["results"].([]any)); n != 1000 {
		t.Errorf("page holds %d interfaces, want 1000", n)
	}
	if n := len(w.srv.Objects("interfaces")); n != 5000 {
		t.Errorf("%d interfaces, want 5000", n)
	}
}
