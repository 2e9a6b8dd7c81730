package draw

import (
	"math"
	"path/filepath"
	"slices"
	"testing"

	"github.com/diet-project/diet/generate/generatetest"
)

// TestLayout checks that nothing is drawn over anything: boxes, frames, labels.
func TestLayout(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("../../testdata/plan/*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range append(files, "testdata/odd.yaml", "testdata/powered.yaml") {
		topo := generatetest.FromFile(t, file)
		options := []GraphOptions{{}, {Devices: true}, {Boxes: 1}, {Boxes: 3}}
		for _, f := range newView(topo).fabrics() {
			options = append(options, GraphOptions{Fabrics: []string{f}})
		}
		for _, opts := range options {
			g, err := NewGraph(topo, opts)
			if err != nil {
				t.Fatal(err)
			}
			t.Logf("%s %+v", file, opts)
			checkLayout(t, newLayout(g, 86))
		}
	}
}

func checkLayout(t *testing.T, l *layout) {
	t.Helper()
	apart(t, "box", l.boxes)
	frames := make([]rect, len(l.frames))
	for k, f := range l.frames {
		frames[k] = f.rect
		for _, i := range f.members {
			if b := l.boxes[i]; b.x < f.x || b.right() > f.right() || b.y < f.y || b.bottom() > f.bottom() {
				t.Errorf("%s sticks out of the frame %s", l.g.Boxes[i].ID, f.fabric)
			}
		}
		for i, b := range l.boxes {
			if b.overlaps(f.rect) && !slices.Contains(f.members, i) {
				t.Errorf("%s is drawn into the frame %s", l.g.Boxes[i].ID, f.fabric)
			}
		}
	}
	apart(t, "frame", frames)
	wires := l.wires()
	for _, w := range wires {
		passes(t, l, w)
	}
	all := slices.Clone(l.boxes)
	for _, tag := range l.labels(wires) {
		all = append(all, tag.rect)
	}
	apart(t, "box or label", all)
	for _, r := range slices.Concat(all, frames) {
		if r.x < 0 || r.y < 0 || r.right() > l.size.x || r.bottom() > l.size.y || math.IsNaN(r.x+r.y) {
			t.Errorf("%+v is outside of the picture of %+v", r, l.size)
		}
	}
	for i, text := range l.texts {
		for k, s := range text {
			if w := textWidth(s, textSize(k)) * textBold(k); w > l.boxes[i].w {
				t.Errorf("%q is wider than its box", s)
			}
		}
	}
}

// passes wants a wire to run behind no box.
func passes(t *testing.T, l *layout, w *wire) {
	t.Helper()
	way := w.points
	if w.arc {
		way = nil
		for at := 0.0; at <= 1; at += 1.0 / 64 {
			way = append(way, w.at(at))
		}
	}
	for i, b := range l.boxes {
		for k := range way[1:] {
			if i != w.from && i != w.to && crosses(way[k], way[k+1], b) {
				t.Errorf("the line from %d to %s runs behind %s: %v", w.from, l.g.Boxes[w.to].ID, l.g.Boxes[i].ID, way)
				return
			}
		}
	}
}

func apart(t *testing.T, what string, list []rect) {
	t.Helper()
	for i, a := range list {
		for j, b := range list[:i] {
			if a.overlaps(b) {
				t.Errorf("%s %d at %+v overlaps %d at %+v", what, i, a, j, b)
			}
		}
	}
}

func TestAscending(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ give, want []float64 }{
		{nil, []float64{}},
		{[]float64{1, 2, 3}, []float64{1, 2, 3}},
		{[]float64{3, 1}, []float64{2, 2}},
		{[]float64{1, 5, 3, 1, 9}, []float64{1, 3, 3, 3, 9}},
		{[]float64{4, 3, 2}, []float64{3, 3, 3}},
	} {
		if got := ascending(test.give); !slices.Equal(got, test.want) {
			t.Errorf("ascending(%v) = %v, want %v", test.give, got, test.want)
		}
	}
}

func TestRanges(t *testing.T) {
	t.Parallel()
	for want, give := range map[string][]int{
		"": {}, "7": {7}, "1-24": seq(1, 24, 1), "1-3,5": {1, 2, 3, 5}, "1-47:2": seq(1, 47, 2),
		"1,3": {1, 3}, "1-2,9": {1, 2, 9}, "1,8-10": {1, 8, 9, 10},
	} {
		if got := ranges(give); got != want {
			t.Errorf("ranges(%v) = %s, want %s", give, got, want)
		}
	}
}

func seq(from, to, step int) []int {
	var list []int
	for i := from; i <= to; i += step {
		list = append(list, i)
	}
	return list
}

func TestClip(t *testing.T) {
	t.Parallel()
	for _, s := range []string{"ams2-web-0001", "東京-leaf-0001-with-a-tail", "é", ""} {
		for width := 5.0; width < 300; width += 7 {
			got := clip(s, 10, width)
			if got != s && textWidth(got, 10) > width {
				t.Errorf("clip(%q) to %g is %q, which is wider", s, width, got)
			}
			if textWidth(s, 10) <= width && got != s {
				t.Errorf("clip(%q) to %g cuts what fits", s, width)
			}
		}
	}
}

func TestSuffix(t *testing.T) {
	t.Parallel()
	for _, test := range [][3]string{
		{"web-0001", "web-0024", "0024"}, {"a-1-x", "a-2-x", "2-x"}, {"web1", "web2", "web2"}, {"a", "a", "a"}, {"a-", "a-", ""},
	} {
		if got := suffix(test[0], test[1]); got != test[2] {
			t.Errorf("suffix(%q, %q) = %q, want %q", test[0], test[1], got, test[2])
		}
	}
}

func TestSlower(t *testing.T) {
	t.Parallel()
	for _, test := range [][3]int{{25, 100, 25}, {100, 25, 25}, {0, 25, 25}, {25, 0, 25}, {0, 0, 0}} {
		if got := slower(test[0], test[1]); got != test[2] {
			t.Errorf("slower(%d, %d) = %d, want %d", test[0], test[1], got, test[2])
		}
	}
}
