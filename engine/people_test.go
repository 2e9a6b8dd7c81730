package engine_test

import (
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/diet-project/diet/engine"
	"github.com/diet-project/diet/engine/apply"
	"github.com/diet-project/diet/generate"
)

// crowd are people who edit while a run goes on, ahead of any of its requests.
type crowd struct {
	*world
	seed uint64
	next http.Handler
	mu   sync.Mutex
	seen map[string]int

	servers [][2]any // their NetBox ids, and those of their ports

	acts   int
	said   map[string]string // what somebody wrote last, by endpoint, NetBox id and field
	theirs map[string]bool   // what somebody made: an address, a port, a device
}

// ServeHTTP lets somebody act ahead of some requests. A seed picks the same ones, and the
// same acts, each time: the order in which a sync asks for several kinds at once does not
// matter.
func (c *crowd) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	c.mu.Lock()
	defer c.mu.Unlock()
	at := r.Method + " " + r.URL.Path
	c.seen[at]++
	h := fnv.New64a()
	fmt.Fprint(h, at, c.seen[at])
	if random := rand.New(rand.NewPCG(c.seed, h.Sum64())); random.IntN(4) == 0 {
		c.act(random)
	}
	c.next.ServeHTTP(rw, r)
}

// act is one of the things that people do to a server or to one of its ports.
func (c *crowd) act(random *rand.Rand) {
	handler := c.handler
	c.handler = c.next
	defer func() { c.handler = handler }()
	at := c.servers[random.IntN(len(c.servers))]
	device, port := at[0], at[1]
	if !c.stands("devices", device) {
		return
	}
	c.acts++
	words := fmt.Sprint("hers ", random.Uint32())
	switch random.IntN(6) {
	case 0:
		c.say("devices", device, "description", words)
	case 1:
		c.say("devices", device, "name", words)
	case 2:
		c.say("devices", device, "serial", words) // nobody's but hers
	case 3:
		c.say("interfaces", port, "description", words)
	case 4:
		address := fmt.Sprintf("10.%d.%d.%d/32", random.IntN(250), random.IntN(250), random.IntN(250))
		const body = `{"address": %q, "assigned_object_type": "dcim.interface", "assigned_object_id": %v}`
		c.build("ipam/ip-addresses", address, fmt.Sprintf(body, address, port))
	case 5:
		c.build("dcim/interfaces", words, fmt.Sprintf(`{"device": %v, "name": %q, "type": "virtual"}`, device, words))
	}
}

// stands reports whether an object is there.
func (c *crowd) stands(endpoint string, id any) bool {
	req := httptest.NewRequestWithContext(c.Context(), http.MethodGet, fmt.Sprintf("/api/dcim/%s/%v/?fields=id", endpoint, id), nil)
	req.Header.Set("Authorization", "Token "+person)
	answer := httptest.NewRecorder()
	c.next.ServeHTTP(answer, req)
	return answer.Code == http.StatusOK
}

func (c *crowd) say(endpoint string, id any, field, words string) {
	c.said[fmt.Sprint(endpoint, " ", id, " ", field)] = words
	c.byHandJSON(http.MethodPatch, fmt.Sprintf("dcim/%s/%v", endpoint, id), fmt.Sprintf(`{%q: %q}`, field, words))
}

func (c *crowd) build(path, name, body string) {
	c.theirs[name] = true
	c.byHandJSON(http.MethodPost, path, body)
}

// TestPeopleMeanwhile lets people edit at random while a run renames, moves and deletes:
// no edit is overwritten, and what dies along with a device is told. DIET_EVERY=n plays
// n such runs; DIET_SEED=n plays one again.
func TestPeopleMeanwhile(t *testing.T) {
	t.Parallel()
	runs, seed := uint64(8), uint64(time.Now().UnixNano())
	if n, err := strconv.ParseUint(os.Getenv("DIET_EVERY"), 10, 64); err == nil {
		runs = n
	}
	if n, err := strconv.ParseUint(os.Getenv("DIET_SEED"), 10, 64); err == nil {
		runs, seed = 1, n
	}
	versions := []string{"4.2", "4.4", "4.6", "4.7"}
	ahead, plans, servers := make([]*moment, len(versions)), make([]*generate.Plan, len(versions)), make([][][2]any, len(versions))
	for i, version := range versions {
		w := setup(t, version)
		const text, named = "  catalog:", ofType + "      name: \"srv-{n:02}\"\n"
		w.apply(w.edited(halls, text, "  defaults: {description: one}\n"+text))
		ahead[i], servers[i] = w.moment(), w.servers(4)
		plans[i] = w.edited(halls, text, "  defaults: {description: two}\n"+text, "count: 4", "count: 2", ofType, named, inRow,
			"rack: {pool: row, per: 8, fromU: 2}")
	}
	acts := 0
	t.Cleanup(func() { t.Logf("%d runs from seed %d on, and people acted %d times", runs, seed, acts) })
	var mu sync.Mutex
	for n := range runs {
		seed := seed + n
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			t.Parallel()
			at := seed % uint64(len(versions))
			w, plan := ahead[at].world(t, "mirror.db"), plans[at]
			c := &crowd{world: w, servers: servers[at], seed: seed, next: w.handler}
			c.seen, c.said, c.theirs = map[string]int{}, map[string]string{}, map[string]bool{}
			w.handler = c
			result, _, err := w.eng.Apply(t.Context(), plan, engine.ApplyOptions{})
			w.handler = c.next
			if err != nil {
				t.Fatal(err)
			}
			c.judge(result)
			w.apply(plan)
			w.law(plan)
			c.judge(result)
			mu.Lock()
			defer mu.Unlock()
			acts += c.acts
		})
	}
}

// servers are the NetBox ids of the first n servers and their ports.
func (w *world) servers(n int) (out [][2]any) {
	for i := range n {
		device := fmt.Sprintf("web/web[%d]", i+1)
		out = append(out, [2]any{w.object("devices", device)["id"], w.object("interfaces", device+"/lom.eth0")["id"]})
	}
	return out
}

// judge holds the outcome against what people did.
func (c *crowd) judge(result *apply.Result) {
	c.Helper()
	told := map[string]bool{}
	for _, d := range result.Casualties {
		told[d.Name] = true
	}
	for _, endpoint := range []string{"ip-addresses", "interfaces"} {
		for _, o := range c.server.Objects(endpoint) {
			told[fmt.Sprint(o["name"])], told[fmt.Sprint(o["address"])] = true, true
		}
	}
	for name := range c.theirs {
		if !told[name] {
			c.Errorf("%s died, and nobody was told", name)
		}
	}
	for key, hers := range c.said {
		at := strings.Fields(key)
		for _, o := range c.server.Objects(at[0]) {
			if fmt.Sprint(o["id"]) == at[1] && o[at[2]] != hers {
				c.Errorf("%s says %q, and somebody wrote %q", key, o[at[2]], hers)
			}
		}
	}
}
