package netbox_test

import (
	"io"
	"net/http"
	"testing"

	"github.com/diet-project/diet/mirror/kinds"
)

// TestLists tells an endpoint that NetBox has from one that it lacks by what the root of its app names.
func TestLists(t *testing.T) {
	t.Parallel()
	c, _ := setup(t, "4.6.8", func(w http.ResponseWriter, r *http.Request, _ int) {
		if r.URL.Path == "/api/ipam/" || r.URL.Path == "/api/plugins/inventory/" {
			_, _ = io.WriteString(w, `{"services": "https://netbox/api/ipam/services/"}`)
			return
		}
		http.NotFound(w, r)
	})
	for endpoint, want := range map[string]bool{
		"ipam/services": true, "ipam/vlans": false, "plugins/inventory/services": true, "plugins/other/services": false,
	} {
		if got, err := c.Lists(t.Context(), kinds.Kind{Name: "x", Endpoint: endpoint}); err != nil || got != want {
			t.Errorf("%s: %t, %v", endpoint, got, err)
		}
	}
}
