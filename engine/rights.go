package engine

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"golang.org/x/sync/errgroup"

	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/generate"
	"github.com/diet-project/diet/mirror"
	"github.com/diet-project/diet/mirror/kinds"
	"github.com/diet-project/diet/mirror/netbox"
)

// Rights says what the token lacks of what plans need.
type Rights struct {
	User    string         `json:"user"`
	Missing []MissingRight `json:"missing"`
	Limited []LimitedRight `json:"limited"`

	// Unread is why nobody knows whether rights are limited to some objects, or "".
	Unread string `json:"unread,omitempty"`
}

// MissingRight is what the token may not do with a type of object.
type MissingRight struct {
	ObjectType string   `json:"object_type"`
	Actions    []string `json:"actions"`
	Why        string   `json:"why"`
}

// LimitedRight is what the token may do with some objects of a type only.
type LimitedRight struct {
	ObjectType  string            `json:"object_type"`
	Actions     []string          `json:"actions"`
	Permissions []string          `json:"permissions"`
	Constraints []json.RawMessage `json:"constraints"`
}

// RightsFor says what the token is to be checked for. The zero value is all that any plan
// needs, and diet init.
type RightsFor struct {
	Plans []*generate.Plan // only what these need, in a NetBox that is set up
	Links bool             // diet init --links too
}

// CheckRights asks NetBox what the token may do, and writes nothing to it.
func (e *Engine) CheckRights(ctx context.Context, what RightsFor) (*Rights, error) {
	if e.client == nil {
		return nil, ErrNoNetBox
	}
	if _, err := e.client.Probe(ctx); err != nil {
		return nil, err
	}
	user, err := e.client.User(ctx)
	if err != nil {
		return nil, err
	}
	need, err := e.needed(ctx, what)
	if err != nil {
		return nil, err
	}
	out := &Rights{User: user, Missing: []MissingRight{}, Limited: []LimitedRight{}}
	if out.Missing, err = e.missing(ctx, need); err != nil {
		return nil, err
	}
	if out.Missing, err = e.spared(ctx, what.Plans, out.Missing); err != nil {
		return nil, err
	}
	grants, told, err := e.client.Grants(ctx)
	if err != nil {
		return nil, fmt.Errorf("read permissions: %w", err)
	}
	if !told {
		out.Unread = "NetBox does not tell this token whether its rights are limited to some objects"
	}
	for _, right := range need {
		out.Limited = append(out.Limited, limits(right, grants)...)
	}
	return out, nil
}

// needed lists what the token should have.
func (e *Engine) needed(ctx context.Context, what RightsFor) ([]kinds.Right, error) {
	registry := e.db.Kinds()
	need := registry.Rights()
	if len(what.Plans) > 0 {
		has := map[string]bool{}
		for _, plan := range what.Plans {
			topo, err := e.Generate(ctx, plan)
			if err != nil {
				return nil, err
			}
			for _, o := range topo.Objects() {
				has[o.Kind] = true
			}
			for _, s := range topo.Shared() {
				has[s.Kind] = has[s.Kind] || s.Ensure
			}
		}
		for _, k := range registry.InRole(kinds.Shared) {
			has[k.Name] = has[k.Name] || k.Attached && has[k.ParentKind()]
		}
		need = registry.PlanRights(has)
	}
	if what.Links {
		need = append(need, registry.LinkRights()...)
	}
	return need, nil
}

// spared takes out what the token lacks to create shared objects that are all there. To
// know, it syncs; where the token may not, all of it stays.
func (e *Engine) spared(ctx context.Context, plans []*generate.Plan, lacks []MissingRight) ([]MissingRight, error) {
	registry := e.db.Kinds()
	adds := func(m MissingRight) bool {
		kind, ok := registry.Of(m.ObjectType)
		return ok && kind.Role == kinds.Shared && slices.Equal(m.Actions, []string{kinds.Add})
	}
	if len(plans) == 0 || !slices.ContainsFunc(lacks, adds) {
		return lacks, nil
	}
	creates := map[string]bool{}
	switch _, err := e.sync(ctx, mirror.Options{}); {
	case errors.Is(err, netbox.ErrUnauthorized):
		return lacks, nil
	case err != nil:
		return nil, err
	}
	for _, plan := range plans {
		p, err := e.Diff(ctx, plan)
		if err != nil {
			return nil, err
		}
		for i := range p.Changes {
			creates[p.Changes[i].Kind] = creates[p.Changes[i].Kind] || p.Changes[i].Action == change.Create
		}
	}
	return slices.DeleteFunc(lacks, func(m MissingRight) bool {
		kind, _ := registry.Of(m.ObjectType)
		return adds(m) && !creates[kind.Name]
	}), nil
}

// missing asks for each right, some side by side.
func (e *Engine) missing(ctx context.Context, need []kinds.Right) ([]MissingRight, error) {
	lacks := make([][]string, len(need))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(4)
	for i, right := range need {
		group.Go(func() error {
			for _, action := range right.Actions {
				may, there, err := e.client.May(ctx, right.Endpoint, action)
				if err != nil {
					return fmt.Errorf("ask for the right to %s %s: %w", action, right.ObjectType, err)
				}
				if there && !may {
					lacks[i] = append(lacks[i], action)
				}
			}
			return nil
		})
	}
	err := group.Wait()
	out := []MissingRight{}
	for i, actions := range lacks {
		if len(actions) > 0 {
			out = append(out, MissingRight{need[i].ObjectType, actions, need[i].Why})
		}
	}
	return out, err
}

// limits are the actions of a right that every permission for it allows on some objects
// only. Actions of the same permissions are told together.
func limits(right kinds.Right, grants []netbox.Grant) []LimitedRight {
	var out []LimitedRight
	for _, action := range right.Actions {
		limit := LimitedRight{ObjectType: right.ObjectType, Actions: []string{action}}
		limited := true
		for _, g := range grants {
			if !slices.Contains(g.ObjectTypes, right.ObjectType) || !slices.Contains(g.Actions, action) {
				continue
			}
			limited = limited && g.Limited()
			limit.Permissions = append(limit.Permissions, g.Name)
			limit.Constraints = append(limit.Constraints, g.Constraints)
		}
		switch last := len(out) - 1; {
		case !limited || len(limit.Permissions) == 0:
		case last >= 0 && slices.Equal(out[last].Permissions, limit.Permissions):
			out[last].Actions = append(out[last].Actions, action)
		default:
			out = append(out, limit)
		}
	}
	return out
}
