package mirror

import (
	"cmp"
	"context"
	"database/sql"
	"slices"

	"github.com/diet-project/diet/mirror/value"
)

// Actors say whose changes are whose. A message alone proves nothing: anybody can write
// one.
type Actors struct {
	// Diet are the users under which diet writes. What they change with the message of a
	// run is diet's. If none is given, diet is taken to be a user who made most of the
	// objects with diet's marks in that way.
	Diet []string

	// System are the users of NetBox's own scripts and of other tools.
	System []string

	// Requests are those of a journal, by NetBox's request id: diet's own in any case.
	Requests []string
}

// runMessage is the changelog message of a run's requests, as a pattern of SQLite's GLOB.
const runMessage = "diet " + runID + "/[0-9]*"

// leaseMessage is that of what a run does with its lease.
const leaseMessage = "diet lease " + runID

const runID = "run-[0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f]"

// actor is a user with a role.
type actor struct{ User, Role string }

// attribute stores whose changes are whose, if that or the changelog has changed.
func (ss *session) attribute(ctx context.Context) error {
	want, err := ss.actors(ctx)
	if err != nil {
		return err
	}
	have, err := pick[actor](ctx, ss.tx, ss.statement("query/actor_list"))
	if err != nil {
		return err
	}
	if !slices.Equal(want, have) {
		if err := run(ctx, ss.tx, ss.statement("query/actor_clear")); err != nil {
			return err
		}
		for _, a := range want {
			if err := run(ctx, ss.tx, ss.statement("query/actor_insert"), sql.Named("user", a.User), sql.Named("role", a.Role)); err != nil {
				return err
			}
		}
		if err := run(ctx, ss.tx, ss.statement("query/own_request_forget")); err != nil {
			return err
		}
	}
	from := ss.oldest
	if ss.cut || !slices.Equal(want, have) {
		from = 1
	}
	if from > 0 {
		at := sql.Named("from", from)
		if err := run(ctx, ss.tx, ss.statement("query/own_request_message"), at, sql.Named("message", runMessage)); err != nil {
			return err
		}
		if err := run(ctx, ss.tx, ss.statement("query/own_request_leased"), at, sql.Named("lease", leaseMessage)); err != nil {
			return err
		}
	}
	return ss.attributeJournal(ctx)
}

// actors are the users with a role, sorted.
func (ss *session) actors(ctx context.Context) ([]actor, error) {
	var out []actor
	diet := ss.s.cfg.Actors.Diet
	if len(diet) == 0 {
		var err error
		if diet, err = pick[string](ctx, ss.tx, ss.statement("query/actor_learned"), sql.Named("message", runMessage)); err != nil {
			return nil, err
		}
	}
	for _, user := range diet {
		out = append(out, actor{user, actorDiet})
	}
	for _, user := range ss.s.cfg.Actors.System {
		out = append(out, actor{user, "system"})
	}
	slices.SortFunc(out, func(a, b actor) int { return cmp.Or(cmp.Compare(a.Role, b.Role), cmp.Compare(a.User, b.User)) })
	return slices.Compact(out), nil
}

// attributeJournal stores the requests of the journal, if they have changed.
func (ss *session) attributeJournal(ctx context.Context) error {
	requests := ss.s.cfg.Actors.Requests
	known, err := pick[int](ctx, ss.tx, ss.statement("query/own_request_count"))
	if err != nil || len(requests) == known[0] {
		return err
	}
	list := make([]any, len(requests))
	for i, r := range requests {
		list[i] = r
	}
	text, err := value.Encode(list)
	if err != nil {
		return err
	}
	err = run(ctx, ss.tx, ss.statement("query/own_request_journal"), sql.Named("requests", text))
	return err
}

// actorDiet is whoever writes for diet.
const actorDiet = "diet"

// Touched is the change in the changelog that last touched a field, as query/blame_field
// selects it.
type Touched struct {
	Actor, User, Time, Message, Action, Request string

	Wrote *string // the field's value after it, as JSON
}

// Explains reports whether the change is why the field has its value: it wrote just
// that. A later change may be unlogged, or pruned.
func (t Touched) Explains(have any) bool {
	if t.Wrote == nil {
		return t.Action == "update" && have == nil
	}
	v, err := value.Decode([]byte(*t.Wrote))
	return err == nil && Explains(v, have)
}

// Explains reports whether a value that the changelog has is one that the mirror has, or both are empty.
func Explains(wrote, have any) bool {
	return value.Equal(wrote, have) || value.Empty(wrote) && value.Empty(have) || sameNumber(wrote, have)
}

// Typed reports whether somebody changed the field to its value: it is not what NetBox gave the object when that
// was made.
func (t *Touched) Typed(have any) bool {
	return t != nil && t.Action == "update" && t.Actor != actorDiet && t.Explains(have)
}

// sameNumber compares a number with one that the changelog has as text, such as "3.50".
func sameNumber(v, have any) bool {
	text, ok := v.(string)
	if !ok {
		return false
	}
	number, err := value.Decode([]byte(text))
	return err == nil && value.Equal(number, have)
}
