package web

import (
	"fmt"
	"strings"
	"time"

	"github.com/diet-project/diet/engine"
)

// plot is drift over time, as an SVG picture draws it.
type plot struct {
	Width, Height int
	Line, Area    string // paths
	Most          int    // the highest value, where the picture ends
	From, To      time.Time
	Points        []point
	Last          int
}

// point is a sample: when, and how much was drift.
type point struct {
	At   time.Time
	N    int
	X, Y float64
}

// The size of a picture, and of the margin in which nothing is drawn.
const (
	plotWidth, plotHeight = 600, 120
	plotMargin            = 6
)

// plotted draws samples; nil for fewer than two, which show no course.
func plotted(samples []engine.Sample) *plot {
	p := &plot{Width: plotWidth, Height: plotHeight}
	for _, s := range samples {
		at, err := time.Parse(time.RFC3339, s.At)
		if err != nil {
			continue
		}
		n := s.Summary.Modified + s.Summary.Missing + s.Summary.Orphaned
		p.Points = append(p.Points, point{At: at, N: n})
		p.Most, p.Last = max(p.Most, n), n
	}
	if len(p.Points) < 2 {
		return nil
	}
	p.From, p.To = p.Points[0].At, p.Points[len(p.Points)-1].At
	p.draw()
	return p
}

// draw places the points, and joins them by steps: what was found stood until the next check.
func (p *plot) draw() {
	span := max(p.To.Sub(p.From).Seconds(), 1)
	var line strings.Builder
	for i := range p.Points {
		t := &p.Points[i]
		t.X = plotMargin + (plotWidth-2*plotMargin)*t.At.Sub(p.From).Seconds()/span
		t.Y = plotHeight - plotMargin - (plotHeight-2*plotMargin)*float64(t.N)/float64(max(p.Most, 1))
		if i == 0 {
			fmt.Fprintf(&line, "M%.1f %.1f", t.X, t.Y)
			continue
		}
		fmt.Fprintf(&line, "H%.1fV%.1f", t.X, t.Y)
	}
	p.Line = line.String()
	p.Area = fmt.Sprintf("%sV%dH%dZ", p.Line, plotHeight-plotMargin, plotMargin)
}

// plotSince is how far back the plots go, and plotMost how many samples they hold.
const (
	plotSince = 30 * 24 * time.Hour
	plotMost  = 500
)

// course draws the drift of a plan over the last month.
func (q *request) course(eng *engine.Engine, plan string) (*plot, error) {
	samples, err := eng.Samples(q.r.Context(), plan, q.cfg.Now().Add(-plotSince), plotMost)
	return plotted(samples), err
}
