package engine

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/engine/diff"
	"github.com/diet-project/diet/generate"
)

// called are the diet ids of a plan's objects that people call by a name, or by kind and NetBox
// id, as the mirror shows it.
func (e *Engine) called(ctx context.Context, plan, object string) ([]string, error) {
	if strings.Contains(object, "/") || object == "" {
		return nil, nil
	}
	if kind, id, is := numbered(object); is {
		bears, err := e.bears(ctx, kind, id)
		if err != nil || bears == nil || bears.Plan != plan || bears.Object == "" {
			return nil, err
		}
		return []string{bears.Object}, nil
	}
	var out []string
	for _, kind := range e.db.Kinds().Owned() {
		if kind.Label == "" {
			continue
		}
		var ids []string
		st := e.db.Statements().For("query/owned_called", kind)
		if err := e.selectStatement(ctx, &ids, st, sql.Named("name", object), sql.Named("plan", plan)); err != nil {
			return nil, err
		}
		out = append(out, ids...)
	}
	return out, nil
}

// numbered reads KIND:NETBOX-ID of a kind that diet owns.
func numbered(object string) (kind string, id int64, is bool) {
	kind, id = reference(object)
	return kind, id, isOwned(kind)
}

// bearer is what an object of NetBox says that it is.
type bearer struct {
	Object string `db:"object"`
	Plan   string `db:"plan"`
}

// bears is what the object of a kind with a NetBox id says that it is; nil where there is none.
func (e *Engine) bears(ctx context.Context, kind string, id int64) (*bearer, error) {
	var rows []bearer
	st := e.db.Statements().For("query/owned_bears", e.db.Kinds().Must(kind))
	if err := e.selectStatement(ctx, &rows, st, sql.Named("id", id)); err != nil || len(rows) == 0 {
		return nil, err
	}
	return &rows[0], nil
}

// one is the diet id of the only object that is called so: in NetBox, or by the plan. It fails
// where several are.
func (h *hearing) one(ctx context.Context, object string) (string, error) {
	ids, err := h.engine.called(ctx, h.set.Plan, object)
	if err != nil {
		return "", err
	}
	for i := range h.set.Changes {
		if c := &h.set.Changes[i]; c.Name == object && c.Class != change.Finding && !slices.Contains(ids, c.Object) {
			ids = append(ids, c.Object)
		}
	}
	switch len(ids) {
	case 0:
		return "", h.nothingCalled(ctx, object)
	case 1:
		return ids[0], nil
	}
	few := ids[:min(len(ids), 5)]
	more := ""
	if len(few) < len(ids) {
		more = ", …"
	}
	return "", fmt.Errorf("%w: several objects of plan %s are called %s: %s%s", ErrNothingToAnswer, h.set.Plan, object,
		strings.Join(few, ", "), more)
}

// nothingCalled says that a plan has no object that is called so, and what was meant most likely.
func (h *hearing) nothingCalled(ctx context.Context, object string) error {
	if kind, id, is := numbered(object); is {
		bears, err := h.engine.bears(ctx, kind, id)
		if err != nil {
			return err
		}
		if bears != nil {
			whose, err := h.engine.whose(ctx, diff.Place{Kind: kind, ID: id}, bears)
			if err != nil {
				return err
			}
			return fmt.Errorf("%w: %s is in NetBox, and is none of plan %s: %s", ErrNothingToAnswer, object, h.set.Plan, whose)
		}
		return fmt.Errorf("%w: the mirror has no %s", ErrNothingToAnswer, object)
	}
	if h.topo != nil && slices.ContainsFunc(h.topo.Objects(), func(o generate.Object) bool { return o.ID == object }) {
		return fmt.Errorf("%w: NetBox has %s as plan %s says", ErrNothingToAnswer, object, h.set.Plan)
	}
	switch said, err := h.engine.elsewhere(ctx, h.set.Plan, object); {
	case err != nil:
		return err
	case said != "":
		return fmt.Errorf("%w: %s", ErrNothingToAnswer, said)
	}
	return fmt.Errorf("%w: plan %s has no object %s in NetBox, and would make none%s", ErrNothingToAnswer, h.set.Plan, object, h.near(object))
}

// near asks for what an object is called that was most likely meant.
func (h *hearing) near(object string) string {
	if h.topo == nil {
		return ""
	}
	var words []string
	add := func(word string) { // only few are compared letter by letter
		if n := len(word) - len(object); word != "" && -2 <= n && n <= 2 && len(words) < 1000 {
			words = append(words, word)
		}
	}
	for _, o := range h.topo.Objects() {
		if add(o.ID); o.Owner == "" {
			add(o.Name)
		}
	}
	if said := generate.Suggest(object, words); strings.HasPrefix(said, "did you mean") {
		return "; " + said
	}
	return ""
}
