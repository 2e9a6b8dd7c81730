package engine

import (
	"context"
	"database/sql"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/diet-project/diet/mirror"
	"github.com/diet-project/diet/mirror/kinds"
	"github.com/diet-project/diet/mirror/value"
)

// History is what became of an object, as far back as the mirror knows.
type History struct {
	Object string `json:"object"`
	Since  string `json:"since"` // RFC 3339: from when on the mirror knows what objects were
	Steps  []Step `json:"steps"` // the newest first
}

// Step is a change of an object that the mirror saw, whether NetBox's changelog tells of it
// or not. Actor is "unknown" where it does not. Action is create, update or delete; came or left
// where a mirror of some sites got or lost sight of the object.
type Step struct {
	Kind    string `json:"kind"`
	ID      int64  `json:"id"`
	Time    string `json:"time"`
	Action  string `json:"action"`
	Actor   string `json:"actor"`
	User    string `json:"user,omitempty"`
	Message string `json:"message,omitempty"`

	Fields []StepField `json:"fields"`

	born string // when NetBox made what has the id of another object, "" for what is told by Time
}

// StepField is a field that a step changed.
type StepField struct {
	Name   string `json:"field"`
	Before any    `json:"before"`
	After  any    `json:"after"`
}

// unknown is the actor of what no change explains.
const unknown = "unknown"

// sighted is what a step may have been in a mirror of some sites, where no change explains it.
var sighted = map[string]string{"create": "came", "delete": "left"}

// pastRow is what an object was until a time.
type pastRow struct {
	Kind  string  `db:"kind"`
	ID    int64   `db:"id"`
	Until string  `db:"until"`
	Doc   *string `db:"doc"`
}

// past are the versions of an object that the mirror keeps: by kind and NetBox id or, where kind is "", by its diet id.
func (e *Engine) past(ctx context.Context, kind string, id int64, object string) ([]pastRow, error) {
	var rows []pastRow
	return rows, e.selectAll(ctx, &rows, "query/object_past", sql.Named("kind", kind), sql.Named("id", id), sql.Named("object", object))
}

// History lists what became of an object: its diet id, or KIND:NETBOX-ID of any kind. With a
// field, only what changed it.
func (e *Engine) History(ctx context.Context, object, field string) (*History, error) {
	since, err := e.db.Recorded(ctx)
	if err != nil {
		return nil, err
	}
	kind, id := reference(object)
	rows, err := e.past(ctx, kind, id, object)
	if err != nil {
		return nil, err
	}
	edits, err := e.editsIn(ctx, rows)
	if err != nil {
		return nil, err
	}
	h := &History{Object: object, Since: since.UTC().Format(time.RFC3339), Steps: []Step{}}
	for i, row := range rows {
		next, err := e.after(ctx, rows, i)
		if err != nil {
			return nil, err
		}
		steps, err := e.steps(row, next)
		if err != nil {
			return nil, fmt.Errorf("read what %s was: %w", object, err)
		}
		for _, step := range steps {
			if field != "" {
				step.Fields = slices.DeleteFunc(step.Fields, func(f StepField) bool { return f.Name != field })
			}
			if len(step.Fields) > 0 || field == "" && step.Action != "update" {
				step.blame(edits)
				if other := sighted[step.Action]; other != "" && step.Actor == unknown && len(e.cfg.Sites) > 0 {
					step.Action = other
				}
				h.Steps = append(h.Steps, step)
			}
		}
	}
	slices.SortStableFunc(h.Steps, func(a, b Step) int { return strings.Compare(b.Time, a.Time) })
	return h, nil
}

// editsIn are the changes of the objects that rows are about, the newest of each first.
func (e *Engine) editsIn(ctx context.Context, rows []pastRow) (out []Edit, err error) {
	for i, row := range rows {
		if i > 0 && rows[i-1].Kind == row.Kind && rows[i-1].ID == row.ID {
			continue
		}
		edits, err := e.Blame(ctx, fmt.Sprintf("%s:%d", row.Kind, row.ID), "")
		if err != nil {
			return nil, err
		}
		out = append(out, edits...)
	}
	return out, nil
}

// after is what an object was after a row: the next row of it, or what it is now; nil where it
// was not there.
func (e *Engine) after(ctx context.Context, rows []pastRow, i int) (*string, error) {
	row := rows[i]
	if i+1 < len(rows) && rows[i+1].Kind == row.Kind && rows[i+1].ID == row.ID {
		return rows[i+1].Doc, nil
	}
	var now []string
	st := e.db.Statements().For("query/object_doc", e.db.Kinds().Must(row.Kind))
	if err := e.selectStatement(ctx, &now, st, sql.Named("id", row.ID)); err != nil || len(now) == 0 {
		return nil, err
	}
	return &now[0], nil
}

// steps tell what became of an object between what it was and what it was then: where it was made at
// another time, one is gone and another has its id, as after a restore of NetBox.
func (e *Engine) steps(row pastRow, next *string) ([]Step, error) {
	born, err := bornAt(row.Doc)
	if err != nil {
		return nil, err
	}
	again, err := bornAt(next)
	if err != nil {
		return nil, err
	}
	if born != "" && again != "" && born != again {
		gone := Step{Kind: row.Kind, ID: row.ID, Time: row.Until, Action: "delete", Fields: []StepField{}}
		came := gone
		came.Action, came.born = "create", again
		return []Step{came, gone}, nil // the newest first
	}
	step, err := e.step(row, next)
	return []Step{step}, err
}

// bornAt is when an object was made, "" where it is not known.
func bornAt(doc *string) (string, error) {
	if doc == nil {
		return "", nil
	}
	columns, err := value.DecodeObject([]byte(*doc))
	text, _ := columns["created"].(string)
	return text, err
}

// step tells what changed between what an object was and what it was then.
func (e *Engine) step(row pastRow, next *string) (Step, error) {
	s := Step{Kind: row.Kind, ID: row.ID, Time: row.Until, Action: "update", Fields: []StepField{}}
	switch {
	case row.Doc == nil:
		s.Action = "create"
	case next == nil:
		s.Action = "delete"
	}
	kind := e.db.Kinds().Must(row.Kind)
	before, err := fieldsIn(kind, row.Doc)
	if err != nil {
		return s, err
	}
	after, err := fieldsIn(kind, next)
	if err != nil {
		return s, err
	}
	names := map[string]bool{}
	for name := range before {
		names[name] = true
	}
	for name := range after {
		names[name] = true
	}
	for _, name := range slices.Sorted(maps.Keys(names)) {
		if was, is := before[name], after[name]; !value.Equal(was, is) && s.Action == "update" {
			s.Fields = append(s.Fields, StepField{name, was, is})
		}
	}
	return s, nil
}

// fieldsIn are the fields that people know of an object: those of its kind, custom fields
// one by one, and whose it is.
func fieldsIn(kind kinds.Kind, doc *string) (map[string]any, error) {
	out := map[string]any{}
	if doc == nil {
		return out, nil
	}
	columns, err := value.DecodeObject([]byte(*doc))
	if err != nil {
		return nil, err
	}
	for _, f := range kind.Stored() {
		v := columns[f.Column()]
		text, _ := v.(string)
		switch f.Type {
		case kinds.Custom:
			custom, err := value.ReadObject(text)
			if err != nil {
				return nil, err
			}
			for name, v := range custom {
				out["cf."+name] = v
			}
		case kinds.Tags, kinds.Texts:
			if out[f.Name], err = value.Decode([]byte(text)); err != nil {
				return nil, err
			}
		case kinds.Bool:
			out[f.Name] = v == int64(1)
		default:
			out[f.Name] = v
		}
	}
	if kind.IsOwned() {
		out["diet_plan_id"], out["diet_object_id"] = columns["shown_plan"], columns["shown_object"]
		out["diet_deletion_protected"] = columns["protected"] == int64(1)
	}
	return out, nil
}

// slack is how much later a change may be in the changelog than its time in the object.
const slack = 2 * time.Second

// blame finds who did it: the newest change of the object until then that the changelog has
// of the same action, and that gave a field the value that it has since. An edit past NetBox's
// API is nobody's whom the changelog knows.
func (s *Step) blame(edits []Edit) {
	s.Actor = unknown
	at, _ := time.Parse(time.RFC3339Nano, s.Time)
	for _, edit := range edits {
		when, err := time.Parse(time.RFC3339Nano, edit.Time)
		if err != nil || edit.Kind != s.Kind || edit.ID != s.ID || edit.Action != s.Action || when.After(at.Add(slack)) {
			continue
		}
		if born, err := time.Parse(time.RFC3339Nano, s.born); err == nil && when.Sub(born).Abs() > slack {
			continue
		}
		if s.Action == "update" && !slices.ContainsFunc(s.Fields, func(f StepField) bool { return f.by(edit) }) {
			continue
		}
		s.Actor, s.User, s.Message = edit.Actor, edit.User, edit.Message
		return
	}
}

// by reports whether a change touched the field and, where it is known what it wrote, wrote what the field
// has since.
func (f StepField) by(edit Edit) bool {
	return slices.ContainsFunc(edit.Fields, func(name string) bool {
		if f.Name == "tags" {
			return kinds.IsTag(name)
		}
		if name != f.Name && name != "cf."+f.Name {
			return false
		}
		return len(edit.Values) == 0 || mirror.Explains(edit.Values[name], f.After)
	})
}
