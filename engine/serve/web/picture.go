package web

import (
	"bytes"
	"html/template"
	"regexp"
	"slices"
	"strings"

	"github.com/diet-project/diet/engine"
	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/engine/draw"
	"github.com/diet-project/diet/generate"
	"github.com/diet-project/diet/generate/natural"
)

// picturePage is one picture, or one before and one after.
type picturePage struct {
	*planPage
	Before, After template.HTML
	Racks         []string
	Chosen        []string
	More          int // racks that are not drawn
}

// marked says what becomes of each device of a plan: its own changes, and those of its parts.
func marked(l *look) draw.Marks {
	marks := draw.Marks{}
	for i := range l.Preview.Changes {
		c := &l.Preview.Changes[i]
		device := deviceOf(c.Object)
		switch does := c.Expected(); {
		case does == "":
		case device != c.Object:
			if marks[device] == "" {
				marks[device] = draw.Changed
			}
		case does == change.Create:
			marks[device] = draw.Added
		case does == change.Delete, does == change.Orphan:
			marks[device] = draw.Removed
		default:
			marks[device] = draw.Changed
		}
	}
	return marks
}

// pictured is what pictures are drawn of: the plan, what stands, and what differs.
func (q *request) pictured(here string) (about *planPage, want, have *generate.Topology, marks draw.Marks, err error) {
	p, err := q.soundPlan()
	if err != nil {
		return nil, nil, nil, nil, err
	}
	if about, err = q.about(here); err != nil {
		return nil, nil, nil, nil, err
	}
	if about.Card.Look.table == nil {
		return about, nil, nil, nil, about.Card.Look.err
	}
	err = q.using(false, func(eng *engine.Engine) (err error) {
		if want, err = eng.Generate(q.r.Context(), p.Plan); err == nil {
			have, err = eng.Standing(q.r.Context(), p.Key)
		}
		return err
	})
	return about, want, have, marked(about.Card.Look), err
}

// linkTo leads from a picture to the page of an object.
func linkTo(key string) draw.Link {
	return func(object string) string {
		if kind, _, foreign := strings.Cut(object, ":"); foreign && !strings.Contains(kind, "/") {
			return ""
		}
		return address(planPath(key, "object"), "id", object)
	}
}

// showTopology draws the plan, with what is added, changed and removed.
func showTopology(q *request) error {
	about, want, have, marks, err := q.pictured("topology")
	if err != nil {
		return err
	}
	page := &picturePage{planPage: about}
	if want != nil {
		drawn := *want
		drawn.Devices = slices.Clone(want.Devices)
		for _, d := range have.Devices {
			if marks[d.ID] == draw.Removed {
				drawn.Devices = append(drawn.Devices, d)
			}
		}
		g, err := draw.NewGraph(&drawn, draw.GraphOptions{Marks: marks, Link: linkTo(about.Key)})
		if err != nil {
			return err
		}
		var out bytes.Buffer
		if err := g.SVG(&out); err != nil {
			return err
		}
		page.After = inline(out.String(), "after")
	}
	return q.show("topology", "Topology of "+about.Key, page)
}

// mostRacks is how many racks are drawn at once.
const mostRacks = 4

// showRacks draws racks as they are and as the plan wants them, side by side: those that are
// asked for, or else those in which something changes.
func showRacks(q *request) error {
	about, want, have, marks, err := q.pictured("racks")
	if err != nil {
		return err
	}
	page := &picturePage{planPage: about}
	if want == nil {
		return q.show("racks", "Racks of "+about.Key, page)
	}
	page.choose(q.r.URL.Query()["rack"], want, have, marks)
	if page.Before, err = page.elevation(have, marks, "before"); err != nil {
		return err
	}
	if page.After, err = page.elevation(want, marks, "after"); err != nil {
		return err
	}
	return q.show("racks", "Racks of "+about.Key, page)
}

// choose picks the racks to draw.
func (page *picturePage) choose(asked []string, want, have *generate.Topology, marks draw.Marks) {
	names, touched := map[string]string{}, map[string]bool{}
	for _, topo := range []*generate.Topology{have, want} {
		for _, r := range topo.Racks {
			names[r.ID] = r.Name
			addNew(&page.Racks, r.Name)
		}
		for i := range topo.Devices {
			if d := &topo.Devices[i]; marks[d.ID] != "" {
				touched[names[d.Rack]] = true
			}
		}
	}
	slices.SortFunc(page.Racks, natural.Compare)
	for _, name := range page.Racks {
		if len(asked) > 0 && slices.Contains(asked, name) || len(asked) == 0 && touched[name] {
			page.Chosen = append(page.Chosen, name)
		}
	}
	if len(page.Chosen) == 0 {
		page.Chosen = page.Racks
	}
	page.More = max(0, len(page.Chosen)-mostRacks)
	page.Chosen = page.Chosen[:min(len(page.Chosen), mostRacks)]
}

// elevation draws the chosen racks that a topology has; "" if it has none.
func (page *picturePage) elevation(topo *generate.Topology, marks draw.Marks, name string) (template.HTML, error) {
	var there []string
	for _, r := range topo.Racks {
		if slices.Contains(page.Chosen, r.Name) {
			there = append(there, r.Name)
		}
	}
	if len(there) == 0 {
		return "", nil
	}
	e, err := draw.NewElevation(topo, draw.ElevationOptions{Racks: there, PerPage: 1, Marks: marks, Link: linkTo(page.Key)})
	if err != nil {
		return "", err
	}
	var out bytes.Buffer
	err = e.SVG(&out)
	return inline(out.String(), name), err
}

// styles are those that a picture has for itself: a page allows none that are written into it.
var styles = regexp.MustCompile(`(?s)<style>.*?</style>`)

// inline is a picture as a part of a page: what stands in it was escaped when it was drawn. It
// has links, so it is no image to those who hear it; what it defines is told from other
// pictures by a name.
func inline(svg, name string) template.HTML {
	if i := strings.Index(svg, "<svg"); i > 0 {
		svg = svg[i:]
	}
	svg = styles.ReplaceAllString(svg, "")
	svg = strings.NewReplacer(
		`role="img"`, `role="group"`, `id="hatch"`, `id="hatch-`+name+`"`, `url(#hatch)`, `url(#hatch-`+name+`)`,
	).Replace(svg)
	return template.HTML(svg) //nolint:gosec // etree escapes every text and attribute
}
