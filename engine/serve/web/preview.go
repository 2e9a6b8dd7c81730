package web

import (
	"slices"
	"sync"
	"time"

	"github.com/diet-project/diet/engine"
	"github.com/diet-project/diet/engine/serve/job"
	"github.com/diet-project/diet/engine/serve/user"
)

// makePreview has a preview of a plan made.
func makePreview(q *request) error {
	p, err := q.plan()
	if err != nil {
		return err
	}
	return q.enqueue(job.PreviewArgs{Plan: p.Key, User: q.person.Name})
}

// enqueue has a job run, and shows it.
func (q *request) enqueue(args job.Args) error {
	id, err := q.cfg.Jobs.Enqueue(q.r.Context(), args, 0)
	if err != nil {
		return err
	}
	if id == 0 {
		q.say("This is under way already, and will be done once more after that.")
		return q.goTo("/jobs")
	}
	return q.goTo(jobPath(id))
}

func showPreviews(q *request) error {
	var all []engine.PreviewSummary
	err := q.using(false, func(eng *engine.Engine) (err error) {
		all, err = eng.Previews(q.r.Context(), q.r.URL.Query().Get("plan"), 100, q.digestNow)
		return err
	})
	if err != nil {
		return err
	}
	return q.show("previews", "Previews", all)
}

// previewPage is one preview.
type previewPage struct {
	Key     string // of the plan
	P       *engine.Preview
	Summary engine.PreviewSummary
	Counts  []count
	Browse  *browse
	Runs    []engine.RunSummary // that applied it

	MayApply, MayApprove bool
	Waiting, Denied      int
	Unsigned             string // why the person cannot approve
}

// kept are previews that were opened lately, with their rows.
type kept struct {
	mu   sync.Mutex
	open []*opened
}

type opened struct {
	at    time.Time
	table *table
}

// How many previews are kept open, and for how long: somebody may approve one elsewhere.
const (
	keptOpen = 4
	keptFor  = 10 * time.Second
)

// preview opens a preview, or takes one that was opened just now.
func (q *request) preview(id string) (*table, error) {
	now := q.cfg.Now()
	k := &q.kept
	k.mu.Lock()
	defer k.mu.Unlock()
	k.open = slices.DeleteFunc(k.open, func(o *opened) bool { return now.Sub(o.at) > keptFor })
	for _, o := range k.open {
		if o.table.preview.ID == id {
			return o.table, nil
		}
	}
	var t *table
	err := q.using(false, func(eng *engine.Engine) error {
		p, err := eng.LoadPreview(q.r.Context(), id)
		if err != nil {
			return err
		}
		t = newTable(p, nil, "", eng.Rule)
		t.netbox, err = eng.Address(q.r.Context())
		return err
	})
	if err != nil {
		return nil, err
	}
	if l := q.looks.slot(t.preview.Plan).peek(); l != nil && l.table != nil {
		t.racks, t.site = l.table.racks, l.table.site
	}
	k.open = append(k.open, &opened{now, t})
	k.open = k.open[max(0, len(k.open)-keptOpen):]
	return t, nil
}

// drop has a preview opened anew.
func (k *kept) drop(id string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.open = slices.DeleteFunc(k.open, func(o *opened) bool { return o.table.preview.ID == id })
}

func showPreview(q *request) error {
	t, err := q.preview(q.r.PathValue("preview"))
	if err != nil {
		return err
	}
	p := t.preview
	page := &previewPage{
		Key: p.Plan, P: p, Counts: countsOf(p), Browse: t.browsed("/previews/"+p.ID, q.r.URL.Query(), "changes"),
		MayApply: q.person.May(user.Applier), MayApprove: q.person.May(user.Approver),
	}
	for i := range p.Changes {
		switch v := p.Changes[i].Deciding(); {
		case v.Denies():
			page.Denied++
		case v.Waits():
			page.Waiting++
		}
	}
	if q.cfg.Signer == nil || !q.guarded() {
		page.Unsigned = "nobody is logged in here, so nobody can be named: approve with diet approve"
	}
	if page.Summary, page.Runs, err = q.standing(p); err != nil {
		return err
	}
	return q.show("preview", "Preview "+p.ID, page)
}

// guarded reports whether people log in.
func (s *site) guarded() bool {
	local, err := s.unguarded()
	return err == nil && !local
}

// standing is whether a preview can be applied, and which runs have applied it.
func (q *request) standing(p *engine.Preview) (found engine.PreviewSummary, runs []engine.RunSummary, err error) {
	found = engine.PreviewSummary{ID: p.ID, Plan: p.Plan, CreatedAt: p.CreatedAt, Status: engine.PreviewOpen}
	err = q.using(false, func(eng *engine.Engine) error {
		all, err := eng.Previews(q.r.Context(), p.Plan, 500, q.digestNow)
		if err != nil {
			return err
		}
		for i := range all {
			if all[i].ID == p.ID {
				found = all[i]
			}
		}
		past, err := eng.Runs(q.r.Context(), p.Plan, 500)
		for _, r := range past {
			if r.Preview == p.ID {
				runs = append(runs, r)
			}
		}
		return err
	})
	return found, runs, err
}

// approve approves a preview in the name of who is logged in: the server signs.
func approve(q *request) error {
	id := q.r.PathValue("preview")
	if q.cfg.Signer == nil || !q.guarded() {
		return &deniedError{[]user.Role{user.Approver}}
	}
	err := q.using(false, func(eng *engine.Engine) error {
		p, _, err := eng.Approve(q.r.Context(), id, engine.Approver{
			Approvers: eng.Approvers(), Signer: q.cfg.Signer, By: q.person.Name, Now: q.cfg.Now(),
		})
		if err == nil {
			q.say("You approved it. " + missing(p))
		}
		return err
	})
	if err != nil {
		return err
	}
	q.kept.drop(id)
	return q.goTo("/previews/" + id)
}

// missing says how many more have to approve.
func missing(p *engine.Preview) string {
	if p.Approvals.Missing == 0 {
		return "It has all its approvals."
	}
	return plural(p.Approvals.Missing, "approval is", "approvals are") + " missing."
}

// applyPreview has exactly this preview applied.
func applyPreview(q *request) error {
	t, err := q.preview(q.r.PathValue("preview"))
	if err != nil {
		return err
	}
	p := t.preview
	standing, _, err := q.standing(p)
	switch {
	case err != nil:
		return err
	case standing.Status != engine.PreviewOpen:
		return &engine.StaleError{Preview: p.ID, Moved: cmpOr(standing.Stale, "something"), Applied: standing.AppliedAt}
	case p.Approvals != nil && p.Approvals.Missing > 0:
		return &engine.UnapprovedError{Preview: p.ID, Approvals: p.Approvals}
	}
	q.looks.forget(p.Plan)
	return q.enqueue(job.ApplyArgs{Plan: p.Plan, Preview: p.ID, User: q.person.Name})
}

func cmpOr(list []string, otherwise string) []string {
	if len(list) == 0 {
		return []string{otherwise}
	}
	return list
}
