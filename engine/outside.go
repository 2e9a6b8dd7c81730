package engine

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/diet-project/diet/generate"
	"github.com/diet-project/diet/mirror"
)

// OutsideError is a plan whose objects are in sites that mirror.sites leaves out, where
// NetBox is not to be asked: nothing is known of what stands there.
type OutsideError struct {
	Plan  string
	Sites []string // their slugs
}

func (e *OutsideError) Error() string {
	return fmt.Sprintf("the mirror leaves out %s, where objects of plan %s are to be or stand", strings.Join(e.Sites, ", "), e.Plan)
}

// Hint says the way out.
func (e *OutsideError) Hint() string {
	return "`diet preview` reads what it needs from NetBox; or add the site to mirror.sites in diet.yaml, and sync"
}

// widen makes sure that a mirror of some sites holds what a topology is compared with: all of
// the sites in which its objects are to be, or stand now. With ask, what is missing is read.
// It reports whether anything was.
func (e *Engine) widen(ctx context.Context, topo *generate.Topology, ask bool) (bool, error) {
	outside, err := e.db.Outside(ctx, topo.Plan.Key, topo.Site.Slug)
	if err != nil {
		return false, fmt.Errorf("find the sites of plan %s: %w", topo.Plan.Key, err)
	}
	if len(outside) > 0 {
		if !ask || e.client == nil {
			return false, &OutsideError{topo.Plan.Key, outside}
		}
		_, err := e.sync(ctx, mirror.Options{Sites: outside})
		return true, err
	}
	if ask && e.client != nil && len(e.cfg.Sites) > 0 {
		return false, e.findHolders(ctx, topo)
	}
	return false, nil
}

// findHolders reads who holds what only one object in all of NetBox may have, such as an asset
// tag, and an earlier state is to have again; a plan states none.
func (e *Engine) findHolders(ctx context.Context, topo *generate.Topology) error {
	wanted := map[string]map[string]bool{}
	for _, o := range topo.Recalled {
		for _, f := range e.db.Kinds().Must(o.Kind).Fields {
			if text, ok := o.Fields[f.Name].(string); ok && f.Unique && text != "" {
				if wanted[o.Kind] == nil {
					wanted[o.Kind] = map[string]bool{}
				}
				wanted[o.Kind][f.Name+"="+text] = true
			}
		}
	}
	for _, kind := range slices.Sorted(maps.Keys(wanted)) {
		byField := map[string][]string{}
		for _, pair := range slices.Sorted(maps.Keys(wanted[kind])) {
			field, text, _ := strings.Cut(pair, "=")
			byField[field] = append(byField[field], text)
		}
		syncer, err := e.syncer(ctx)
		if err != nil {
			return err
		}
		for _, field := range slices.Sorted(maps.Keys(byField)) {
			if err := syncer.Find(ctx, e.db.Kinds().Must(kind), field, byField[field]); err != nil {
				return err
			}
		}
	}
	return nil
}
