package web

import (
	"context"
	"errors"

	"github.com/diet-project/diet/engine"
	"github.com/diet-project/diet/engine/answer"
	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/engine/serve/job"
)

// planPage is what the pages of a plan have in common.
type planPage struct {
	Key  string
	Here string // which of them it is
	Card card
}

// about is what the pages of a plan begin with.
func (q *request) about(here string) (*planPage, error) {
	p, err := q.plan()
	if err != nil {
		return nil, err
	}
	jobs, err := q.cfg.Jobs.Jobs(q.r.Context(), 200)
	if err != nil {
		return nil, err
	}
	page := &planPage{Key: p.Key, Here: here, Card: q.card(p, q.looks.get(q.r.Context(), p), jobs)}
	if page.typed() && page.Card.Look.old {
		page.Card.Note += " Load the page again to see that."
	}
	return page, nil
}

// summary is a plan at a glance.
type summary struct {
	*planPage
	Findings  []change.Notice
	Unmanaged []engine.Unmanaged
	Questions []answer.Question
	Counts    []count
	Withheld  int // changes that wait for what is asked about the whole
	Jobs      []job.Listed
	Previews  []engine.PreviewSummary
	Runs      []engine.RunSummary
	Plot      *plot
}

// count is how many objects of a kind an apply would treat in a way.
type count struct {
	Kind, Action string
	N            int
}

func showPlan(q *request) error {
	about, err := q.about("summary")
	if err != nil {
		return err
	}
	s := &summary{planPage: about}
	if l := about.Card.Look; l.table != nil {
		p := l.Preview
		s.Findings, s.Unmanaged, s.Questions, s.Counts = p.Findings, p.Unmanaged, p.Questions, countsOf(p)
		s.Withheld = p.Withheld()
	}
	if err := q.past(q.r.Context(), s); err != nil {
		return err
	}
	return q.show("plan", "Plan "+about.Key, s)
}

// past adds what was done of a plan.
func (q *request) past(ctx context.Context, s *summary) (err error) {
	eng, err := q.open(false)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, eng.Close()) }()
	if s.Plot, err = q.course(eng, s.Key); err != nil {
		return err
	}
	if s.Runs, err = eng.Runs(ctx, s.Key, most); err != nil {
		return err
	}
	s.Previews, err = eng.Previews(ctx, s.Key, most, q.digestNow)
	return err
}

// digestNow is the digest of a plan's file as it is, "" where it cannot be read.
func (q *request) digestNow(file string) string {
	for _, p := range q.cfg.Jobs.Plans() {
		if p.Err == nil && p.Plan.Info().File == file {
			return p.Plan.Info().Digest
		}
	}
	return ""
}

// countsOf lists what an apply would do, by kind and action, in the order of the changes.
func countsOf(p *engine.Preview) []count {
	var out []count
	seen := map[string]bool{}
	for i := range p.Changes {
		kind := p.Changes[i].Kind
		if seen[kind] {
			continue
		}
		seen[kind] = true
		for _, a := range actions {
			if n := p.Summary[kind][a]; n > 0 {
				out = append(out, count{kind, string(a), n})
			}
		}
	}
	return out
}

// actions in the order that people read them.
var actions = []change.Action{
	change.Create, change.Adopt, change.Update, change.Delete, change.Orphan, change.Own, change.Rename, change.Disregard,
}

// driftPage is what differs, to be looked through.
type driftPage struct {
	*planPage
	Browse *browse
}

func showDrift(q *request) error {
	if _, err := q.soundPlan(); err != nil {
		return err
	}
	about, err := q.about("drift")
	if err != nil {
		return err
	}
	if about.Card.Look.table == nil {
		return q.show("drift", "Drift of "+about.Key, driftPage{about, nil})
	}
	part := "drift"
	if q.r.URL.Query().Get("object") != "" {
		part = "all" // whoever comes from an object in NetBox wants to see whatever there is
	}
	b := about.Card.Look.table.browsed(planPath(about.Key, "drift"), q.r.URL.Query(), part)
	return q.show("drift", "Drift of "+about.Key, driftPage{about, b})
}

// objectPage explains an object.
type objectPage struct {
	*planPage
	Object string
	Field  string
	Why    *engine.Explanation
	Quiet  string // why there is nothing to explain
	Edits  []engine.Edit
	NetBox string
}

func showObject(q *request) error {
	about, err := q.about("object")
	if err != nil {
		return err
	}
	o := &objectPage{planPage: about, Object: q.r.URL.Query().Get("id"), Field: q.r.URL.Query().Get("field")}
	if o.Object == "" {
		return errNoPage
	}
	p, err := q.soundPlan()
	if err != nil {
		return err
	}
	if err := q.explain(o, p); err != nil {
		return err
	}
	return q.show("object", "Object "+o.Object, o)
}

// explain asks the engine about an object, and NetBox nothing: it is as the mirror shows it.
func (q *request) explain(o *objectPage, p job.Plan) (err error) {
	eng, err := q.open(false)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, eng.Close()) }()
	if o.Edits, err = eng.Blame(q.r.Context(), o.Object, o.Field); err != nil {
		return err
	}
	o.Why, err = eng.Why(q.r.Context(), p.Plan, o.Object, o.Field)
	if errors.Is(err, engine.ErrNothingToAnswer) && len(o.Edits) > 0 {
		o.Quiet = err.Error()
		return nil
	}
	if err != nil {
		return err
	}
	if l := o.Card.Look; l.Look != nil && l.Status.NetBox != nil {
		o.NetBox = engine.Page(l.Status.NetBox.URL, o.Why.Kind, o.Why.NetBoxID)
	}
	return nil
}
