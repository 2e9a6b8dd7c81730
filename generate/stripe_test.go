package generate_test

import (
	"math/rand/v2"
	"testing"

	"github.com/diet-project/diet/generate"
)

// TestStripeMovesTheFewest holds the striping against all of them, on small fabrics.
func TestStripeMovesTheFewest(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(1, 2))
	compared := map[string]int{}
	for range 1000 {
		before, after := 1+rng.IntN(3), 1+rng.IntN(4)
		n, held := make([]int, 1+rng.IntN(3)), [][]int{}
		for i := range n {
			n[i] = 1 + rng.IntN(5)
			held = append(held, make([]int, after))
			for k := range n[i] {
				// An old striping, some of it lost.
				if at := (k + i) % before; at < after && rng.IntN(6) > 0 {
					held[i][at]++
				}
			}
		}
		total := 0
		for _, x := range n {
			total += x
		}
		lanes := (total+after-1)/after + rng.IntN(3)
		got := generate.Stripe(after, lanes, n, held)
		checkEven(t, after, n, got)
		tight := checkLanes(t, lanes, held, n, got)
		moves, least := stripeMoves(held, got), leastMoves(after, n, held)
		fit := fitting(n, held, after)
		switch {
		case tight && moves > least:
			t.Fatalf("%v held as %v over %d of %d lanes: %v moves %d, %d would do", n, held, after, lanes, got, moves, least)
		case tight:
			compared["tight"]++
			continue
		case fit == len(n) && moves != 0:
			t.Fatalf("%v held as %v over %d fit, and yet %v moves some", n, held, after, got)
		case fit == 0 && moves != least, moves > least:
			t.Fatalf("%v held as %v over %d: %v moves %d, %d would do", n, held, after, got, moves, least)
		}
		compared[map[bool]string{true: "none fits", false: "some fit"}[fit == 0]]++
	}
	if compared["none fits"] < 30 || compared["some fit"] < 50 || compared["tight"] < 20 {
		t.Errorf("the cases are one-sided: %v", compared)
	}
}

// checkLanes checks that no instance takes more than its lanes. It tells whether
// what is held, evened source by source, could not all stay within them.
func checkLanes(t *testing.T, lanes int, held [][]int, n []int, quota [][]int) bool {
	t.Helper()
	tight := false
	for j := range quota[0] {
		sum, stay := 0, 0
		for i := range quota {
			sum += quota[i][j]
			stay += max(held[i][j], n[i]/len(quota[0]))
		}
		if sum > lanes {
			t.Fatalf("instance %d of %v takes %d of %d lanes", j, quota, sum, lanes)
		}
		tight = tight || stay > lanes
	}
	return tight
}

// fitting counts the sources of which what they hold is part of an even spread.
func fitting(n []int, held [][]int, t int) int {
	fit := 0
	for i := range n {
		if fits(n[i], held[i], t) {
			fit++
		}
	}
	return fit
}

func fits(n int, held []int, t int) bool {
	above := 0
	for _, h := range held {
		if h > n/t+1 {
			return false
		}
		if h > n/t {
			above++
		}
	}
	return above <= n%t
}

func stripeMoves(held, quota [][]int) int {
	n := 0
	for i := range held {
		for j := range held[i] {
			n += max(0, held[i][j]-quota[i][j])
		}
	}
	return n
}

func checkEven(t *testing.T, after int, n []int, quota [][]int) {
	t.Helper()
	for i := range n {
		sum := 0
		for _, q := range quota[i] {
			if sum += q; q < n[i]/after || q > (n[i]+after-1)/after {
				t.Fatalf("source %d of %v over %d is not even: %v", i, n, after, quota[i])
			}
		}
		if sum != n[i] {
			t.Fatalf("source %d of %v over %d has %v", i, n, after, quota[i])
		}
	}
}

// leastMoves tries every even striping: even by source, and with the extra
// uplinks even over the instances, as far as the sources that fit allow.
func leastMoves(t int, n []int, held [][]int) int {
	best := 1 << 30
	col := make([]int, t)
	var try func(i, moves int)
	try = func(i, moves int) {
		if i == len(n) {
			lo, hi := 1<<30, 0
			for _, c := range col {
				lo, hi = min(lo, c), max(hi, c)
			}
			if hi-lo <= 1 {
				best = min(best, moves)
			}
			return
		}
		for set := range 1 << t {
			cost, extras := 0, 0
			for j := range t {
				q := n[i] / t
				if set&(1<<j) != 0 {
					q++
					extras++
				}
				cost += max(0, held[i][j]-q)
			}
			if extras != n[i]%t {
				continue
			}
			for j := range t {
				col[j] += set >> j & 1
			}
			try(i+1, moves+cost)
			for j := range t {
				col[j] -= set >> j & 1
			}
		}
	}
	try(0, 0)
	return best
}
