package engine_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/diet-project/diet/engine"
	"github.com/diet-project/diet/engine/apply"
	"github.com/diet-project/diet/engine/change"
)

// forbidding is a NetBox that refuses each write of some objects, as permissions and
// validators do that nobody can foresee.
type forbidding struct {
	next    http.Handler
	status  int
	body    string
	method  string          // that of what is refused; "" for all
	objects map[string]bool // by path and NetBox id, or diet id where there is none yet
}

func (f *forbidding) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err == nil && r.Method != http.MethodGet && (f.method == "" || f.method == r.Method) && f.refuses(r.URL.Path, body) {
		rw.Header().Set("Content-Type", "application/json")
		rw.WriteHeader(f.status)
		_, _ = rw.Write([]byte(f.body))
		return
	}
	r = r.Clone(r.Context())
	r.Body = io.NopCloser(bytes.NewReader(body))
	f.next.ServeHTTP(rw, r)
}

// refuses reports whether a request writes one of the objects.
func (f *forbidding) refuses(path string, body []byte) bool {
	if f.objects[strings.TrimSuffix(path, "/")] {
		return true
	}
	type item struct {
		ID     int64          `json:"id"`
		Custom map[string]any `json:"custom_fields"`
	}
	var items []item
	if json.Unmarshal(body, &items) != nil {
		items = make([]item, 1)
		_ = json.Unmarshal(body, &items[0])
	}
	return slices.ContainsFunc(items, func(o item) bool {
		return f.objects[fmt.Sprint(path, o.ID)] || f.objects[fmt.Sprint(path, o.Custom["diet_object_id"])]
	})
}

// endpoints are those of the owned kinds, by kind.
var endpoints = map[string]string{"rack": "racks", "device": "devices", "interface": "interfaces", "cable": "cables"}

// forbid has each write about an object refused.
func (f *forbidding) forbid(c *change.Change) {
	path := "/api/dcim/" + endpoints[c.Kind] + "/"
	if c.NetBoxID != 0 {
		f.objects[fmt.Sprint(path, c.NetBoxID)] = true
	} else {
		f.objects[path+c.Object] = true
	}
}

// TestForbidden has NetBox refuse whatever is written of one to three objects, at random, in a
// run that does all that one can. Nothing else fails; what is not done waits for one of them,
// and says so; and once NetBox lets it, the next run ends where one without refusals ends.
// DIET_EVERY=n plays n random ones; DIET_SEED=n plays one again.
func TestForbidden(t *testing.T) {
	t.Parallel()
	for _, version := range []string{"4.4", "4.6"} {
		w, plan := beforeAll(t, version)
		p := w.preview(plan)
		var acting []*change.Change
		for i := range p.Changes {
			if c := &p.Changes[i]; endpoints[c.Kind] != "" && c.Acts() {
				acting = append(acting, c)
			}
		}
		before := w.moment()
		w.apply(plan)
		want, _ := w.picture()
		for _, seed := range wildSeeds(t, 1, 2, 3) {
			t.Run(fmt.Sprint(version, " seed ", seed), func(t *testing.T) {
				t.Parallel()
				random := rand.New(rand.NewPCG(seed, 2))
				w := before.world(t, "mirror.db")
				f := &forbidding{next: w.handler, objects: map[string]bool{}}
				f.status, f.body = http.StatusForbidden, `{"detail": "You do not have permission to perform this action."}`
				if random.IntN(2) == 0 {
					f.status, f.body = http.StatusBadRequest, `{"__all__": ["The house does not want this."]}`
				}
				if random.IntN(3) == 0 {
					f.method = http.MethodDelete
				}
				refused := map[string]bool{}
				for range 1 + random.IntN(3) {
					c := acting[random.IntN(len(acting))]
					f.forbid(c)
					refused[c.Kind+" "+c.Object] = true
				}
				w.handler = f
				result, _, err := w.eng.Apply(t.Context(), plan, engine.ApplyOptions{})
				w.handler = f.next
				if err != nil {
					t.Fatalf("refused %v: %v", refused, err)
				}
				w.fails(result, refused)
				w.nothingTemporary()
				w.apply(plan)
				w.asksNothing(plan)
				w.law(plan)
				w.unique()
				if got, _ := w.picture(); !slices.Equal(got, want) {
					t.Errorf("refused %v: NetBox holds %s", refused, difference(got, want))
				}
			})
		}
	}
}

// fails holds a result against what NetBox refused.
func (w *world) fails(result *apply.Result, refused map[string]bool) {
	w.Helper()
	told := map[string]bool{}
	for object := range refused {
		told[strings.SplitN(object, " ", 2)[1]] = true
	}
	for _, o := range result.Failed {
		if !refused[o.Kind+" "+o.Object] {
			w.Errorf("refused %v, but %s %s fails: %s", refused, o.Kind, o.Object, o.Reason)
		}
	}
	for _, o := range result.Skipped {
		w.Logf("refused %v, and %s %s waits for %s: %s", refused, o.Kind, o.Object, o.Cause, o.Reason)
		if !told[o.Cause] {
			w.Errorf("refused %v, but %s %s waits for %q: %s", refused, o.Kind, o.Object, o.Cause, o.Reason)
		}
	}
}

// nothingTemporary holds that nothing has a temporary name, no place, or an end in a temporary
// port or in none.
func (w *world) nothingTemporary() {
	w.Helper()
	for _, endpoint := range endpoints {
		for _, o := range w.server.Objects(endpoint) {
			a, b := ported(o["a_terminations"]), ported(o["b_terminations"])
			switch {
			case strings.HasPrefix(fmt.Sprint(o["name"]), change.TemporaryName("")[:6]),
				endpoint == "devices" && o["rack"] != nil && o["position"] == nil,
				endpoint == "cables" && (len(a) == 0 || len(b) == 0):
				w.Errorf("%s %v is called %v, at %v, plugged into %v and %v", endpoint, o["id"], o["name"], o["position"], a, b)
			}
		}
	}
}
