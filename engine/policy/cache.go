package policy

import (
	"slices"
	"sync"
)

// programs are those of this process.
var programs cache

// cached is how many sets of policies are kept.
const cached = 8

// cache keeps the programs that were used last. Each is built once, also by several at a
// time.
type cache struct {
	mu    sync.Mutex
	slots []*slot // the one used last is the last
}

// slot holds the program of one key; none as long as it could not be built.
type slot struct {
	key string

	mu      sync.Mutex
	program *program
}

// get returns the program of a key, and builds it if there is none.
func (c *cache) get(key string, build func() (*program, error)) (*program, error) {
	s := c.slot(key)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.program != nil {
		return s.program, nil
	}
	p, err := build()
	if err != nil {
		return nil, err
	}
	s.program = p
	return p, nil
}

// slot returns the slot of a key, in the place of the one that was not used for longest.
func (c *cache) slot(key string) *slot {
	c.mu.Lock()
	defer c.mu.Unlock()
	s := &slot{key: key}
	if i := slices.IndexFunc(c.slots, func(s *slot) bool { return s.key == key }); i >= 0 {
		s = c.slots[i]
		c.slots = slices.Delete(c.slots, i, i+1)
	} else if len(c.slots) == cached {
		c.slots = slices.Delete(c.slots, 0, 1)
	}
	c.slots = append(c.slots, s)
	return s
}
