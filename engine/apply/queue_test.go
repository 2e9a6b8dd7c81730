package apply

import (
	"fmt"
	"testing"

	"github.com/diet-project/diet/engine/change"
)

// TestQueues holds what must be true of any split: all items are there, each
// parent's are in one queue and in order, and no queue is much longer than it must be.
func TestQueues(t *testing.T) {
	t.Parallel()
	interfaces := func(counts ...int) []*item {
		var items []*item
		for d, n := range counts {
			for i := range n {
				items = append(items, &item{change: &change.Change{Owner: fmt.Sprint("web/web[", d, "]")}, id: int64(i)})
			}
		}
		return items
	}
	cables := make([]*item, 230)
	for i := range cables {
		cables[i] = &item{change: &change.Change{}, id: int64(i)}
	}
	for name, tt := range map[string]struct {
		method, kind string
		items        []*item
		queues, long int // the queues there must be, and the longest
	}{
		"nothing":                     {post, "cable", nil, 0, 0},
		"one device":                  {post, "interface", interfaces(120), 1, 120},
		"many small devices":          {post, "interface", interfaces(3, 3, 3, 3, 3, 3, 3, 3), 4, 6},
		"one large and small ones":    {patch, "interface", interfaces(10, 100, 10, 10, 10, 10), 4, 100},
		"cables have no parent":       {post, "cable", cables, 4, 80},
		"fewer than there are queues": {patch, "rack", cables[:20], 1, 20},
		"shared kinds stay together":  {post, "location", cables, 1, 230},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := queues(tt.method, tt.kind, tt.items, 50, 4)
			if len(got) != tt.queues {
				t.Errorf("%d queues, want %d", len(got), tt.queues)
			}
			total, longest := 0, 0
			queue := map[string]int{}
			last := map[string]int64{}
			for i, items := range got {
				total += len(items)
				longest = max(longest, len(items))
				for _, it := range items {
					key := parent(tt.method, tt.kind, it)
					if key == "" {
						continue
					}
					if at, seen := queue[key]; seen && at != i {
						t.Errorf("%s is in two queues", key)
					}
					if id, seen := last[key]; seen && it.id < id {
						t.Errorf("%s is out of order", key)
					}
					queue[key], last[key] = i, it.id
				}
			}
			if total != len(tt.items) || longest != tt.long {
				t.Errorf("%d items, the longest queue %d; want %d and %d", total, longest, len(tt.items), tt.long)
			}
		})
	}
}

// TestDeviceQueues keeps devices of one type together where one is made or deleted.
func TestDeviceQueues(t *testing.T) {
	t.Parallel()
	var items []*item
	for i := range 200 {
		items = append(items, &item{change: &change.Change{}, payload: map[string]any{"device_type": int64(i % 2)}})
	}
	if got := queues(post, "device", items, 50, 4); len(got) != 2 {
		t.Errorf("%d queues for two types, want 2", len(got))
	}
	if got := queues(patch, "device", items, 50, 4); len(got) != 4 {
		t.Errorf("%d queues of updates, want 4", len(got))
	}
}
