package lease_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/diet-project/diet/engine/lease"
	"github.com/diet-project/diet/mirror/netbox"
)

// TestHolds keeps each hold on a plan, in whatever number.
func TestHolds(t *testing.T) {
	t.Parallel()
	on, err := netbox.New(netbox.Config{URL: setup(t, "4.6").url, Token: token})
	if err != nil {
		t.Fatal(err)
	}
	for n := 1; n <= 8; n++ {
		var all lease.Holds
		digests := []string{}
		for i := range n {
			digest := strings.Repeat(fmt.Sprint(i), 64)
			digests = append(digests, digest)
			all = all.With(lease.NewHold(fmt.Sprintf("run-1a2b3c%02d", i), fmt.Sprintf("run-5e6f7a%02d", i), digest))
		}
		if _, err := all.Put(t.Context(), on, "web"); err != nil {
			t.Fatal(err)
		}
		is, err := lease.HoldsOn(t.Context(), on, "web")
		if err != nil {
			t.Fatal(err)
		}
		for i, digest := range digests {
			h := is.On(digest)
			if want := fmt.Sprintf("run-1a2b3c%02d", i); h.Run == "" || n < 5 && h.Run != want {
				t.Errorf("of %d holds, %d is %+v", n, i, h)
			}
		}
		if h := is.On(strings.Repeat("f", 64)); n < 5 && h.Run != "" {
			t.Errorf("of %d holds, one is on another plan: %+v", n, h)
		}
	}
}
