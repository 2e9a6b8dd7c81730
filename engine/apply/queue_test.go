package apply

import (
	"fmt"
	"slices"
	"testing"

	"github.com/diet-project/diet/engine/change"
)

// TestFeeds holds what must be true of any split: all items are there, each parent's are in
// one feed and in order, and no feed is much longer than it must be.
func TestFeeds(t *testing.T) {
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
		feeds, long  int // the feeds there must be, and the longest
	}{
		"nothing":                    {post, "cable", nil, 0, 0},
		"one device":                 {post, "interface", interfaces(120), 1, 120},
		"many small devices":         {post, "interface", interfaces(3, 3, 3, 3, 3, 3, 3, 3), 4, 6},
		"one large and small ones":   {patch, "interface", interfaces(10, 100, 10, 10, 10, 10), 4, 100},
		"cables have no parent":      {post, "cable", cables, 1, 230},
		"fewer than one request":     {patch, "rack", cables[:20], 1, 20},
		"shared kinds stay together": {post, "location", cables, 1, 230},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := feeds(tt.method, tt.kind, tt.items, 50, 4)
			if len(got) != tt.feeds {
				t.Errorf("%d feeds, want %d", len(got), tt.feeds)
			}
			total, longest := 0, 0
			in := map[string]int{}
			last := map[string]int64{}
			for i, f := range got {
				total += len(f.items)
				longest = max(longest, len(f.items))
				for _, it := range f.items {
					key := parent(tt.method, tt.kind, it)
					if key == "" {
						continue
					}
					if at, seen := in[key]; seen && at != i {
						t.Errorf("%s is in two feeds", key)
					}
					if id, seen := last[key]; seen && it.id < id {
						t.Errorf("%s is out of order", key)
					}
					in[key], last[key] = i, it.id
				}
			}
			if total != len(tt.items) || longest != tt.long {
				t.Errorf("%d items, the longest feed %d; want %d and %d", total, longest, len(tt.items), tt.long)
			}
		})
	}
}

// TestDeviceFeeds has devices of one type, which counts them, made or deleted apart from those
// of others, by two workers at most; those of rare types together, by one.
func TestDeviceFeeds(t *testing.T) {
	t.Parallel()
	var items []*item
	for i := range 200 {
		items = append(items, &item{change: &change.Change{}, payload: map[string]any{"device_type": int64(i % 2)}})
	}
	for i := range 20 {
		items = append(items, &item{change: &change.Change{}, payload: map[string]any{"device_type": int64(2 + i%10)}})
	}
	shape := func(list []*feed) (out []string) {
		for _, f := range list {
			out = append(out, fmt.Sprint(len(f.items), " by ", f.workers))
		}
		return out
	}
	if got, want := shape(feeds(post, "device", items, 50, 4)),
		[]string{"100 by 2", "100 by 2", "6 by 1", "6 by 1", "4 by 1", "4 by 1"}; !slices.Equal(got, want) {
		t.Errorf("of creates %q, want %q", got, want)
	}
	if got, want := shape(feeds(patch, "device", items, 50, 4)), []string{"220 by 4"}; !slices.Equal(got, want) {
		t.Errorf("of updates %q, want %q", got, want)
	}
}

// TestSupply hands everything out once, in order, and no feed to more workers than it bears.
func TestSupply(t *testing.T) {
	t.Parallel()
	long, short := make([]*item, 100), make([]*item, 60)
	for i := range long {
		long[i] = &item{id: int64(i)}
	}
	for i := range short {
		short[i] = &item{id: int64(1000 + i)}
	}
	s := &supply{feeds: []*feed{{long, 2}, {short, 1}}}
	size := func() int { return 30 }
	var got []int64
	take := func() (sent func(), n int) {
		batch, sent := s.take(size)
		if len(batch) > 0 {
			got = append(got, batch[0].id)
		}
		return sent, len(batch)
	}
	first, _ := take()
	second, _ := take() // the longer one again: two may
	third, _ := take()
	if _, n := take(); n != 0 {
		t.Errorf("a fourth worker got %d items, want none: all feeds have as many as they bear", n)
	}
	for _, sent := range []func(){third, first, second} {
		sent()
	}
	for {
		sent, n := take()
		if n == 0 {
			break
		}
		sent()
	}
	if want := []int64{0, 30, 1000, 60, 1030, 90}; !slices.Equal(got, want) {
		t.Errorf("batches begin with %v, want %v", got, want)
	}
}
