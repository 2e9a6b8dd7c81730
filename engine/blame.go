package engine

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/diet-project/diet/generate"
	"github.com/diet-project/diet/mirror/kinds"
	"github.com/diet-project/diet/mirror/value"
)

// Edit is one change of an object in NetBox's changelog, as far back as the mirror knows
// it.
type Edit struct {
	Kind    string `db:"kind" json:"kind"`
	ID      int64  `db:"id" json:"id"`
	Time    string `db:"time" json:"time"` // RFC 3339, UTC
	Actor   string `db:"actor" json:"actor"`
	User    string `db:"user" json:"user"`
	Action  string `db:"action" json:"action"` // create, update or delete
	Request string `db:"request_id" json:"request"`
	Message string `db:"message" json:"message"`

	// Fields are those that changed, empty if the changelog does not say; Values what they
	// were after it.
	Fields []string       `db:"-" json:"fields"`
	Values map[string]any `db:"-" json:"values"`
}

// Blame lists who changed an object, the newest change first: its diet id, or
// KIND:NETBOX-ID of any kind. With a field, only changes that touched it, or may have.
// It is empty if the mirror knows no change.
func (e *Engine) Blame(ctx context.Context, object, field string) ([]Edit, error) {
	kind, id := reference(object)
	var rows []struct {
		Edit
		Changed string `db:"fields"`
		Wrote   string `db:"wrote"`
	}
	err := e.selectAll(ctx, &rows, "query/object_blame",
		sql.Named("kind", kind), sql.Named("id", id), sql.Named("object", object), sql.Named("field", field))
	if err != nil {
		return nil, err
	}
	edits := make([]Edit, len(rows))
	for i, r := range rows {
		edits[i] = r.Edit
		if err := json.Unmarshal([]byte(r.Changed), &edits[i].Fields); err != nil {
			return nil, fmt.Errorf("read change of %s: %w", object, err)
		}
		if edits[i].Values, err = value.DecodeObject([]byte(r.Wrote)); err != nil {
			return nil, fmt.Errorf("read change of %s: %w", object, err)
		}
	}
	return edits, nil
}

// reference reads KIND:NETBOX-ID; a diet id has neither.
func reference(object string) (kind string, id int64) {
	name, number, _ := strings.Cut(object, ":")
	if _, known := kinds.Standard().Of(name); !known {
		return "", 0
	}
	id, err := strconv.ParseInt(number, 10, 64)
	if err != nil {
		return "", 0
	}
	return name, id
}

// UnseenError is an object of which the mirror knows nothing, neither as it is nor as it was.
type UnseenError struct {
	Object string
	near   string // which may be meant, in brackets; "" for none
}

func (e *UnseenError) Error() string {
	return fmt.Sprintf("nothing called %q is or was in the mirror%s", e.Object, e.near)
}

// Hint says what objects are called.
func (e *UnseenError) Hint() string {
	return "name an object by its diet id, such as lab/web[1], or by kind and NetBox id, such as device:12; --sync refreshes the mirror"
}

// seen fails with an [*UnseenError] for an object that is not in the mirror; nobody changed anything of it, as
// far as that knows.
func (e *Engine) seen(ctx context.Context, object string) error {
	if name, id := reference(object); name != "" {
		var docs []string
		st := e.db.Statements().For("query/object_doc", e.db.Kinds().Must(name))
		if err := e.selectStatement(ctx, &docs, st, sql.Named("id", id)); err != nil || len(docs) > 0 {
			return err
		}
		return &UnseenError{Object: object}
	}
	if name, id, is := strings.Cut(object, ":"); is && !strings.Contains(name, "/") {
		near := ""
		if kind := generate.Nearest(name, kindNames(), fewOff); kind != "" && kind != name {
			near = generate.DidYouMean(kind + ":" + id)
		}
		return &UnseenError{object, near}
	}
	plan, _, _ := strings.Cut(object, "/")
	known, err := e.knownIDs(ctx, plan)
	if _, is := known[object]; err != nil || is {
		return err
	}
	var words []string
	if err := e.selectAll(ctx, &words, "query/word_object", sql.Named("prefix", plan+"/")); err != nil {
		return err
	}
	return &UnseenError{object, generate.DidYouMean(generate.Nearest(object, words, fewOff))}
}
