package generate

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// maxPort is the highest port number of a switch.
const maxPort = 1024

// maxLanes is the most lanes that one port may be broken out into.
const maxLanes = 16

// parsePorts reads a port spec: a comma list of n, a-b and a-b:step. The
// result is sorted and without duplicates.
func parsePorts(spec string) ([]int, error) {
	var ports []int
	for item := range strings.SplitSeq(spec, ",") {
		list, err := parsePortItem(strings.TrimSpace(item))
		if err != nil {
			return nil, err
		}
		if ports = append(ports, list...); len(ports) > 4*maxPort {
			return nil, fmt.Errorf("the port list is too long")
		}
	}
	slices.Sort(ports)
	return slices.Compact(ports), nil
}

func parsePortItem(item string) ([]int, error) {
	span, stepText, hasStep := strings.Cut(item, ":")
	lo, hi, isRange := strings.Cut(span, "-")
	if !isRange {
		hi = lo
	}
	a, errA := portNumber(lo)
	b, errB := portNumber(hi)
	step := 1
	if hasStep {
		var err error
		if step, err = portNumber(stepText); err != nil || step == 0 || !isRange {
			return nil, fmt.Errorf("the port range %q has no valid step", item)
		}
	}
	switch {
	case errA != nil || errB != nil:
		return nil, fmt.Errorf("%q is neither a port nor a range of ports up to %d", item, maxPort)
	case a > b:
		return nil, fmt.Errorf("the port range %q descends", item)
	}
	ports := make([]int, 0, (b-a)/step+1)
	for n := a; n <= b; n += step {
		ports = append(ports, n)
	}
	return ports, nil
}

func portNumber(s string) (int, error) {
	s = strings.TrimSpace(s)
	if !isNumber(s) {
		return 0, fmt.Errorf("%q is not a number", s)
	}
	n, err := strconv.Atoi(s)
	if err != nil || n > maxPort {
		return 0, fmt.Errorf("%q is above %d", s, maxPort)
	}
	return n, nil
}

// breakout is LxS: L lanes of S Gb/s a port. The zero speed is the port's own.
type breakout struct{ lanes, speed int }

// parseBreakout reads LxS; the empty text is one lane at the port's own speed.
func parseBreakout(s string) (breakout, error) {
	if s == "" {
		return breakout{lanes: 1}, nil
	}
	l, speed, ok := strings.Cut(s, "x")
	lanes, errL := strconv.Atoi(l)
	gbps, errS := strconv.Atoi(speed)
	switch {
	case !ok || !isNumber(l) || !isNumber(speed) || errL != nil || errS != nil:
		return breakout{}, fmt.Errorf("the breakout %q is not LxS", s)
	case lanes < 1 || lanes > maxLanes || gbps < 1 || gbps > 100000:
		return breakout{}, fmt.Errorf("the breakout %q is out of range", s)
	}
	return breakout{lanes, gbps}, nil
}

// allocate puts sorted ports in the order in which they are used. An explicit
// list must hold exactly the ports.
func allocate(ports []int, alloc Alloc) ([]int, error) {
	switch alloc.Word {
	case "", "sequential":
		if alloc.List == nil {
			return ports, nil
		}
		sorted := slices.Sorted(slices.Values(alloc.List))
		if !slices.Equal(sorted, ports) {
			return nil, fmt.Errorf("the list must hold each of the zone's ports once")
		}
		return alloc.List, nil
	case "interleaved":
		return append(everyOther(ports, 0), everyOther(ports, 1)...), nil
	case "spaced":
		half := (len(ports) + 1) / 2
		out := make([]int, 0, len(ports))
		for i := range half {
			out = append(out, ports[i])
			if half+i < len(ports) {
				out = append(out, ports[half+i])
			}
		}
		return out, nil
	}
	return nil, fmt.Errorf("%q is not a known allocation", alloc.Word)
}

func everyOther(ports []int, from int) []int {
	var out []int
	for i := from; i < len(ports); i += 2 {
		out = append(out, ports[i])
	}
	return out
}
