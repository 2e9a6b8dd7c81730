package engine

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"golang.org/x/sync/errgroup"

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

// CheckRights asks NetBox what the token may do, and writes nothing.
func (e *Engine) CheckRights(ctx context.Context) (*Rights, error) {
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
	need := e.db.Kinds().Rights()
	out := &Rights{User: user, Missing: []MissingRight{}, Limited: []LimitedRight{}}
	if out.Missing, err = e.missing(ctx, need); err != nil {
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
