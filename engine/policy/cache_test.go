package policy

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
)

// TestCache has several ask for one key at a time, and one after the other: it is built
// once, unless it was not used for longest among too many.
func TestCache(t *testing.T) {
	t.Parallel()
	var c cache
	var built atomic.Int64
	get := func(key string) *program {
		p, err := c.get(key, func() (*program, error) {
			built.Add(1)
			return &program{}, nil
		})
		if err != nil {
			t.Error(err)
		}
		return p
	}
	var group sync.WaitGroup
	for range 20 {
		group.Go(func() { get("a") })
	}
	group.Wait()
	first := get("a")
	for n := range cached {
		if get(fmt.Sprint(n)) == first {
			t.Error("two keys have one program")
		}
		if n < cached-1 && get("a") != first {
			t.Errorf("what was used last was dropped after %d others", n+1)
		}
	}
	if n := built.Load(); n != cached+1 {
		t.Errorf("%d programs were built, want %d", n, cached+1)
	}
	for n := range cached {
		get(fmt.Sprint(n))
	}
	if get("a") == first {
		t.Error("more programs are kept than there is room for")
	}
}

// TestCacheFailure builds again what could not be built.
func TestCacheFailure(t *testing.T) {
	t.Parallel()
	var c cache
	broken := errors.New("broken")
	for range 2 {
		if p, err := c.get("a", func() (*program, error) { return nil, broken }); p != nil || !errors.Is(err, broken) {
			t.Errorf("got %v and %v of what cannot be built", p, err)
		}
	}
	if p, err := c.get("a", func() (*program, error) { return &program{}, nil }); p == nil || err != nil {
		t.Errorf("got %v and %v of what can be built again", p, err)
	}
}
