package engine_test

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/diet-project/diet/engine"
	"github.com/diet-project/diet/engine/apply"
)

// crowd are people who edit while a run goes on, ahead of any of its requests.
type crowd struct {
	*world
	next   http.Handler
	random *rand.Rand
	mu     sync.Mutex
	said   map[string]string // the description that somebody wrote last, by device
	hung   map[string]bool   // the addresses that somebody hung on a port
}

// ServeHTTP lets somebody act ahead of some requests.
func (c *crowd) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.random.IntN(3) == 0 {
		c.act()
	}
	c.next.ServeHTTP(rw, r)
}

func (c *crowd) act() {
	handler := c.handler
	c.handler = c.next
	defer func() { c.handler = handler }()
	device := fmt.Sprintf("web/web[%d]", 1+c.random.IntN(4))
	for _, o := range c.server.Objects("devices") {
		if custom, _ := o["custom_fields"].(map[string]any); custom["diet_object_id"] != device {
			continue
		}
		if c.random.IntN(2) == 0 {
			c.said[device] = fmt.Sprint("hers ", len(c.said), c.random.Uint32())
			c.byHandJSON(http.MethodPatch, fmt.Sprintf("dcim/devices/%v", o["id"]), fmt.Sprintf(`{"description": %q}`, c.said[device]))
			return
		}
		c.hang(o["id"])
		return
	}
}

// hang gives a port of a device an address.
func (c *crowd) hang(device any) {
	for _, o := range c.server.Objects("interfaces") {
		on, _ := o["device"].(map[string]any)
		if fmt.Sprint(on["id"]) != fmt.Sprint(device) {
			continue
		}
		address := fmt.Sprintf("10.%d.%d.1/32", len(c.hung), c.random.IntN(250))
		c.hung[address] = true
		const body = `{"address": %q, "assigned_object_type": "dcim.interface", "assigned_object_id": %v}`
		c.byHandJSON(http.MethodPost, "ipam/ip-addresses", fmt.Sprintf(body, address, o["id"]))
		return
	}
}

// TestPeopleMeanwhile lets people edit at random while a run renames, moves and deletes:
// no edit is overwritten, and what dies along with a device is told. DIET_EVERY=1 plays
// many; DIET_SEED=n plays one again.
func TestPeopleMeanwhile(t *testing.T) {
	t.Parallel()
	runs, seed := uint64(4), uint64(time.Now().UnixNano())
	if os.Getenv("DIET_EVERY") != "" {
		runs = 200
	}
	if n, err := strconv.ParseUint(os.Getenv("DIET_SEED"), 10, 64); err == nil {
		runs, seed = 1, n
	}
	for n := range runs {
		seed := seed + n
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			t.Parallel()
			w := setup(t, []string{"4.2", "4.4", "4.6", "4.7"}[seed%4])
			w.apply(w.plan("one", 4))
			c := &crowd{world: w, next: w.handler, random: rand.New(rand.NewPCG(seed, 0)), said: map[string]string{}, hung: map[string]bool{}}
			w.handler = c
			plan := w.plan("two", 2)
			result, _, err := w.eng.Apply(t.Context(), plan, engine.ApplyOptions{})
			w.handler = c.next
			if err != nil {
				t.Fatal(err)
			}
			c.judge(result.Casualties)
			w.apply(plan)
			w.law(plan)
		})
	}
}

// judge holds the outcome against what people did.
func (c *crowd) judge(died []apply.Casualty) {
	c.Helper()
	told := map[string]bool{}
	for _, d := range died {
		told[d.Name] = true
	}
	for _, o := range c.server.Objects("ip-addresses") {
		told[fmt.Sprint(o["address"])] = true
	}
	for address := range c.hung {
		if !told[address] {
			c.Errorf("%s died, and nobody was told", address)
		}
	}
	for _, o := range c.server.Objects("devices") {
		custom, _ := o["custom_fields"].(map[string]any)
		if hers, is := c.said[fmt.Sprint(custom["diet_object_id"])]; is && o["description"] != hers {
			c.Errorf("%v says %q, and somebody wrote %q", o["name"], o["description"], hers)
		}
	}
}
