package netbox_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/diet-project/diet/mirror/netbox"
)

// TestMergeBranch has NetBox refuse conflicts unless it is told to overlook them.
func TestMergeBranch(t *testing.T) {
	t.Parallel()
	for _, anyway := range []bool{false, true} {
		t.Run(fmt.Sprint(anyway), func(t *testing.T) {
			t.Parallel()
			var asked string
			web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Content-Type", "application/json")
				if r.Method != http.MethodPost {
					_, _ = io.WriteString(w, `{"id": 7, "name": "spring", "status": {"value": "merged"}}`)
					return
				}
				body, _ := io.ReadAll(r.Body)
				asked = r.URL.Path + " " + string(body)
				if strings.Contains(asked, `"acknowledge_conflicts":false`) {
					w.WriteHeader(http.StatusConflict)
					_, _ = io.WriteString(w, `{"detail": "All conflicts must be acknowledged before this action can proceed."}`)
					return
				}
				_, _ = io.WriteString(w, `{"id": 3, "status": {"value": "completed"}, "error": ""}`)
			}))
			defer web.Close()
			c, err := netbox.New(netbox.Config{URL: web.URL, Token: strings.Repeat("a", 40)})
			if err != nil {
				t.Fatal(err)
			}
			err = c.MergeBranch(t.Context(), netbox.Branch{ID: 7, Name: "spring"}, anyway, time.Millisecond, func(string) {})
			if (err == nil) != anyway || err != nil && !strings.Contains(err.Error(), "must be acknowledged") {
				t.Errorf("merge: %v", err)
			}
			if want := fmt.Sprintf(`/api/plugins/branching/branches/7/merge/ {"acknowledge_conflicts":%v,"commit":true}`, anyway); asked != want {
				t.Errorf("asked %s, want %s", asked, want)
			}
		})
	}
}
