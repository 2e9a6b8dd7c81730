package engine

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"github.com/diet-project/diet/engine/diff"
	"github.com/diet-project/diet/engine/survey"
	"github.com/diet-project/diet/generate"
	"github.com/diet-project/diet/mirror"
	"github.com/diet-project/diet/mirror/kinds"
)

// UnknownSiteError is a slug that no site has.
type UnknownSiteError struct {
	Slug  string
	Known []string
}

func (e *UnknownSiteError) Error() string {
	return fmt.Sprintf("NetBox has no site with the slug %q", e.Slug)
}

// Hint names the nearest site, or lists them.
func (e *UnknownSiteError) Hint() string { return generate.Suggest(e.Slug, e.Known) }

// Import syncs, and makes a plan of what stands at a site, under a key, with the map that goes
// with it. It writes nothing to NetBox.
func (e *Engine) Import(ctx context.Context, site, key string) (*survey.Drawn, error) {
	s, err := e.survey(ctx, site)
	if err != nil {
		return nil, err
	}
	drawn, err := survey.Sketch(s, key)
	if err != nil {
		return nil, err
	}
	plan, err := generate.Load(key+".yaml", []byte(drawn.Plan))
	if err != nil {
		return nil, fmt.Errorf("read the plan that was made out: %w", err)
	}
	drawn.Entries, err = e.wanted(ctx, plan, drawn.Entries)
	return drawn, err
}

// wanted leaves out the lines of a map of parts that the plan does not want once what the other lines
// say stays where it is: such as the LAG at the far end of a cable that no plan has so.
func (e *Engine) wanted(ctx context.Context, plan *generate.Plan, entries []survey.Entry) ([]survey.Entry, error) {
	mapped := mapping{}
	for _, x := range entries {
		if x.Object != "" {
			mapped[x.Object] = diff.Place{Kind: x.Kind, ID: x.ID}
		}
	}
	topo, err := e.generate(ctx, plan, mapped)
	if err != nil {
		return nil, err
	}
	has := map[string]bool{}
	for i := range topo.Len() {
		_, id := topo.IDAt(i)
		has[id] = true
	}
	return slices.DeleteFunc(entries, func(x survey.Entry) bool {
		return x.Object != "" && !has[x.Object] && kinds.Standard().Must(x.Kind).Parent != ""
	}), nil
}

// ImportFor is Import for a plan that exists: it maps what stands at its site to the plan's
// objects, those that nobody mapped or adopted yet.
func (e *Engine) ImportFor(ctx context.Context, plan *generate.Plan) (*survey.Drawn, error) {
	topo, err := e.Generate(ctx, plan)
	if err != nil {
		return nil, err
	}
	s, err := e.survey(ctx, topo.Site.Slug)
	if err != nil {
		return nil, err
	}
	entries, err := e.wanted(ctx, plan, survey.Match(s, topo))
	return &survey.Drawn{Entries: entries, Notes: []string{}}, err
}

// survey reads what stands at a site.
func (e *Engine) survey(ctx context.Context, slug string) (*survey.Site, error) {
	if e.client != nil {
		if _, err := e.Sync(ctx, mirror.Options{}); err != nil {
			return nil, err
		}
	}
	if _, err := e.widen(ctx, &generate.Topology{Site: generate.Site{Slug: slug}}, e.client != nil); err != nil {
		return nil, err
	}
	var sites []survey.Site
	if err := e.selectAll(ctx, &sites, "query/site_survey"); err != nil {
		return nil, err
	}
	at := slices.IndexFunc(sites, func(s survey.Site) bool { return strings.EqualFold(s.Slug, slug) })
	if at < 0 {
		unknown := &UnknownSiteError{Slug: slug}
		for _, s := range sites {
			unknown.Known = append(unknown.Known, s.Slug)
		}
		return nil, unknown
	}
	s, of := &sites[at], sql.Named("site", sites[at].Slug)
	for _, read := range []struct {
		statement string
		into      any
	}{
		{"query/rack_survey", &s.Racks}, {"query/device_survey", &s.Devices}, {"query/device_port_survey", &s.Ports},
		{"query/device_type_survey", &s.Types}, {"query/power_feed_survey", &s.Feeds}, {"query/module_bay_survey", &s.Bays},
		{"query/module_type_survey", &s.Templates}, {"query/interface_survey", &s.Members},
	} {
		if err := e.selectAll(ctx, read.into, read.statement, of); err != nil {
			return nil, err
		}
	}
	ids := make([]int64, len(s.Devices))
	for i, d := range s.Devices {
		ids[i] = d.ID
	}
	var err error
	s.Cables, err = e.cablesOf(ctx, ids)
	return s, err
}
