package apply

import (
	"testing"
	"time"
)

// server is how a NetBox copes with requests: it takes so long for an object, and loses those of
// more objects than most, 0 for none.
type server struct {
	each time.Duration
	most int
}

// TestPace sends thousands of objects to servers of all kinds: the requests become as large
// as the server can cope with, and few are lost.
func TestPace(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		server server
		lost   int // requests, at most
		sent   int
		size   int // in the end, at least
		within time.Duration
	}{
		"quick":                   {server{time.Millisecond, 0}, 0, 100, 50, 0},
		"slow":                    {server{time.Second, 0}, 0, 520, 9, tooSlow},
		"very slow":               {server{15 * time.Second, 0}, 0, 5000, 1, 0},
		"times out above 20":      {server{time.Millisecond, 20}, 12, 480, 10, 0},
		"times out above 1":       {server{time.Millisecond, 1}, 14, 5050, 1, 0},
		"slow, times out above 5": {server{time.Second, 5}, 12, 1800, 3, tooSlow},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPace(50)
			sent, lost, n := 0, 0, 0
			var took time.Duration
			for left := 5000; left > 0; sent++ {
				n = min(left, p.size(post, "device"))
				took = time.Duration(n) * tt.server.each
				if tt.server.most > 0 && n > tt.server.most {
					lost++
					if !p.lost(post, "device", n) {
						t.Fatal("it gives up")
					}
					continue
				}
				p.answered(post, "device", n, took)
				left -= n
			}
			if lost > tt.lost || sent > tt.sent || p.size(post, "device") < tt.size {
				t.Errorf("%d of %d requests lost, the size is %d", lost, sent, p.size(post, "device"))
			}
			if tt.within > 0 && took > tt.within {
				t.Errorf("the last of %d objects took %s", n, took)
			}
		})
	}
}

// TestPaceRecovers loses a single request: the size comes back.
func TestPaceRecovers(t *testing.T) {
	t.Parallel()
	p := newPace(50)
	p.lost(patch, "rack", 50)
	if got := p.size(patch, "rack"); got != 25 {
		t.Errorf("after a loss %d", got)
	}
	if got := p.size(post, "rack"); got != 50 {
		t.Errorf("of another method %d", got)
	}
	for range 40 {
		p.answered(patch, "rack", p.size(patch, "rack"), time.Millisecond)
	}
	if got := p.size(patch, "rack"); got != 50 {
		t.Errorf("in the end %d", got)
	}
}

// TestPaceGivesUp loses every request: it ends after some.
func TestPaceGivesUp(t *testing.T) {
	t.Parallel()
	p := newPace(50)
	for sent := range 12 {
		if !p.lost(post, "rack", p.size(post, "rack")) {
			if sent < 6 {
				t.Errorf("after %d requests", sent+1)
			}
			return
		}
	}
	t.Error("it goes on for ever")
}
