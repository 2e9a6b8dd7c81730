package engine

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"github.com/diet-project/diet/engine/survey"
	"github.com/diet-project/diet/generate"
	"github.com/diet-project/diet/mirror"
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
	return survey.Sketch(s, key)
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
	return &survey.Drawn{Entries: survey.Match(s, topo), Notes: []string{}}, nil
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
		{"query/module_type_survey", &s.Templates},
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
