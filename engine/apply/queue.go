package apply

import (
	"cmp"
	"fmt"
	"slices"
	"sync"

	"github.com/diet-project/diet/mirror/kinds"
)

// feed is items to send in order, by some workers at once.
type feed struct {
	items   []*item
	workers int // at most
}

// abreast is how many requests that lock the same row are sent at once: NetBox validates one
// while it saves the other. More would only wait.
const abreast = 2

// feeds splits items among n workers. Items of one parent go to one feed, in order: NetBox
// counts components in the parent's row, and two transactions that lock the same rows in
// different orders deadlock. The feeds of parents are as equally long as those allow. Two
// workers may share one where all its items lock the same one row, any number where they lock
// none.
func feeds(method, kind string, items []*item, batch, n int) []*feed {
	free, groups := &feed{workers: n}, map[string]*feed{}
	var order []*feed
	for _, it := range items {
		key := parent(method, kind, it)
		if key == "" {
			free.items = append(free.items, it)
			continue
		}
		if groups[key] == nil {
			groups[key] = &feed{workers: 1}
			order = append(order, groups[key])
		}
		groups[key].items = append(groups[key].items, it)
	}
	var out, few []*feed
	if len(free.items) > 0 {
		out = append(out, free)
	}
	for _, f := range order {
		if len(f.items) > batch && counts(kind) {
			f.workers = abreast
			out = append(out, f)
		} else {
			few = append(few, f)
		}
	}
	return append(out, pack(few, n)...)
}

// pack makes at most n feeds of the given ones.
func pack(list []*feed, n int) []*feed {
	slices.SortStableFunc(list, func(x, y *feed) int { return cmp.Compare(len(y.items), len(x.items)) })
	out := make([]*feed, min(n, len(list)))
	for i, f := range list {
		if i < len(out) {
			out[i] = f
			continue
		}
		shortest := slices.MinFunc(out, func(x, y *feed) int { return cmp.Compare(len(x.items), len(y.items)) })
		shortest.items = append(shortest.items, f.items...)
	}
	return out
}

// counts reports whether another object counts those of a kind: that is the one row that they
// lock besides their own.
func counts(name string) bool {
	kind, _ := kinds.Standard().Of(name)
	return kind.IsOwned() && kind.Parent == ""
}

// supply hands out the batches of some feeds.
type supply struct {
	mu    sync.Mutex
	feeds []*feed
}

// take returns the next batch of at most size() items, and what to call once it is sent; none
// where the rest is for others to send.
func (s *supply) take(size func() int) (batch []*item, sent func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var next *feed
	for _, f := range s.feeds {
		if f.workers > 0 && len(f.items) > 0 && (next == nil || len(f.items) > len(next.items)) {
			next = f
		}
	}
	if next == nil {
		return nil, nil
	}
	n := min(len(next.items), size())
	batch, next.items = next.items[:n:n], next.items[n:]
	next.workers--
	return batch, func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		next.workers++
	}
}

// drain sends batch after batch until no more are for it to send.
func (s *supply) drain(size func() int, send func([]*item) error) error {
	for {
		batch, sent := s.take(size)
		if len(batch) == 0 {
			return nil
		}
		err := send(batch)
		sent()
		if err != nil {
			return err
		}
	}
}

// parent is the row that a write of an item locks besides its own, "" for none: the
// object that it is part of, or one that counts it on create and delete, as a device's
// type does since 4.5. Shared objects are written in one queue: some kinds are trees,
// which NetBox locks as a whole.
func parent(method, name string, it *item) string {
	kind, _ := kinds.Standard().Of(name)
	switch {
	case kind.Parent != "":
		return it.change.Owner
	case !kind.IsOwned():
		return name
	case method == patch:
		return ""
	}
	for _, f := range kind.Fields {
		if !f.Counted {
			continue
		}
		if it.change.Before != nil {
			return fmt.Sprint(it.change.Before.Have[f.Name])
		}
		return fmt.Sprint(it.payload[f.Name])
	}
	return ""
}
