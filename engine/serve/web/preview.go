package web

import (
	"fmt"
	"slices"
	"sync"

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
	Questions            int
	Unsigned             string // why the person cannot approve

	// Supposed is set where the page shows what becomes of the preview with the approvals that it
	// lacks, and Promises where such a page is there besides.
	Supposed, Promises bool
}

// stand has the page show the preview as it stands, or with the approvals that it lacks.
func (page *previewPage) stand(approved bool) shown {
	of := shown{id: page.P.ID}
	if page.P.Outcome != nil {
		lacks := page.P.Approvals != nil && page.P.Approvals.Missing > 0
		page.Supposed, page.Promises, of.approved = lacks && approved, lacks && !approved, approved || !lacks
	}
	if of.approved {
		page.P = page.P.Approved()
	}
	return of
}

// Asks is the preview that the questions are of, "" where they are those of the plan.
func (page *previewPage) Asks() string {
	if p := page.P; p.RollsBack == "" && p.Destroys == nil && len(p.Targets)+len(p.Excluded) == 0 {
		return ""
	}
	return page.P.ID
}

// kept are previews that were opened lately: what pages read again and again, which does not
// change. Of approvals and the like nothing is kept.
type kept struct {
	mu   sync.Mutex
	open []*opened
}

// opened is a preview with its index or, without one, whole.
type opened struct {
	shown
	shelf *shelf
	table *table
}

// size is how many rows are kept of a preview.
func (o *opened) size() int {
	if o.shelf != nil {
		return o.shelf.head.Rows
	}
	return len(o.table.rows) * 8 // whole changes
}

// How many previews are kept open, and how many rows of them: about 45 bytes each.
const keptOpen, keptRows = 8, 3_000_000

// find is a preview that is open.
func (k *kept) find(of shown) *opened {
	k.mu.Lock()
	defer k.mu.Unlock()
	for i, o := range k.open {
		if o.shown == of {
			k.open = append(slices.Delete(k.open, i, i+1), o)
			return o
		}
	}
	return nil
}

// put keeps a preview open, and lets those go that were not asked for lately.
func (k *kept) put(o *opened) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.open = append(k.open, o)
	rows := 0
	for i := len(k.open) - 1; i >= 0; i-- {
		if rows += k.open[i].size(); i < len(k.open)-1 && (rows > keptRows || len(k.open)-i > keptOpen) {
			k.open = slices.Delete(k.open, 0, i+1)
			break
		}
	}
}

// preview opens a preview.
func (q *request) preview(eng *engine.Engine, of shown) (*opened, error) {
	if o := q.kept.find(of); o != nil {
		return o, nil
	}
	select { // one at a time is read
	case q.opening <- struct{}{}:
		defer func() { <-q.opening }()
	case <-q.r.Context().Done():
		return nil, q.r.Context().Err()
	}
	if o := q.kept.find(of); o != nil {
		return o, nil
	}
	o := &opened{shown: of}
	var err error
	if o.shelf, err = openShelf(q.r.Context(), eng, of); err == nil && o.shelf == nil {
		o.table, err = q.whole(eng, of)
	}
	if err != nil {
		return nil, err
	}
	q.kept.put(o)
	return o, nil
}

// whole reads a preview that has no index: an earlier diet stored it.
func (q *request) whole(eng *engine.Engine, of shown) (*table, error) {
	p, err := eng.LoadPreview(q.r.Context(), of.id)
	if err != nil {
		return nil, err
	}
	if of.approved {
		p = p.Approved()
	}
	t := newTable(p, nil, "", eng.Rule)
	if l := q.looks.slot(p.Plan).peek(); l != nil && l.table != nil {
		t.racks, t.site = l.table.racks, l.table.site
		t.columns = columnsOf(t)
	}
	return t, nil
}

// fill adds what is in a preview to its page.
func (page *previewPage) fill(q *request, eng *engine.Engine, o *opened) (err error) {
	path, query := o.path(), q.r.URL.Query()
	netbox, err := eng.Address(q.r.Context())
	if err != nil {
		return err
	}
	if o.shelf == nil {
		t := *o.table
		page.Counts, page.Browse, page.Questions = countsOf(t.preview), t.browsed(path, query, "changes"), len(t.preview.Questions)
		page.Waiting, page.Denied = stuck(t.preview)
		t.netbox, t.rule = netbox, eng.Rule
		for i := range page.Browse.Rows {
			page.Browse.Rows[i].table = &t
		}
		return nil
	}
	head := o.shelf.head
	page.Counts, page.Questions, page.Waiting, page.Denied = head.Counts, head.Questions, head.Waiting, head.Denied
	page.Browse, err = o.shelf.browsed(q.r.Context(), eng, &table{set: page.P.Set(), netbox: netbox, rule: eng.Rule}, path, query, "changes")
	return err
}

func showPreview(q *request) error { return showsPreview(q, false) }

// showApproved shows what becomes of a preview once it is approved.
func showApproved(q *request) error { return showsPreview(q, true) }

// showsPreview shows a preview as it stands, or with the approvals that it lacks.
func showsPreview(q *request, approved bool) error {
	page := &previewPage{MayApply: q.person.May(user.Applier), MayApprove: q.person.May(user.Approver)}
	err := q.using(false, func(eng *engine.Engine) (err error) {
		if page.P, err = eng.PreviewHead(q.r.Context(), q.r.PathValue("preview")); err != nil {
			return err
		}
		page.Key = page.P.Plan
		o, err := q.preview(eng, page.stand(approved))
		if err == nil {
			err = page.fill(q, eng, o)
		}
		if err != nil {
			return err
		}
		page.Summary, page.Runs, err = q.standing(eng, page.P)
		return err
	})
	if err != nil {
		return err
	}
	if q.cfg.Signer == nil || !q.guarded() {
		page.Unsigned = "nobody is logged in here, so nobody can be named: approve with diet approve"
	}
	return q.show("preview", "Preview "+page.P.ID, page)
}

// guarded reports whether people log in.
func (s *site) guarded() bool {
	local, err := s.unguarded()
	return err == nil && !local
}

// standing is whether a preview can be applied, and which runs have applied it.
func (q *request) standing(eng *engine.Engine, p *engine.Preview) (engine.PreviewSummary, []engine.RunSummary, error) {
	found := engine.PreviewSummary{ID: p.ID, Plan: p.Plan, CreatedAt: p.CreatedAt, Status: engine.PreviewOpen}
	all, err := eng.Previews(q.r.Context(), p.Plan, 500, q.digestNow)
	if err != nil {
		return found, nil, err
	}
	for i := range all {
		if all[i].ID == p.ID {
			found = all[i]
		}
	}
	var runs []engine.RunSummary
	past, err := eng.Runs(q.r.Context(), p.Plan, 500)
	for _, r := range past {
		if r.Preview == p.ID {
			runs = append(runs, r)
		}
	}
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
	var p *engine.Preview
	var standing engine.PreviewSummary
	var runs []engine.RunSummary
	err := q.using(false, func(eng *engine.Engine) (err error) {
		if p, err = eng.PreviewHead(q.r.Context(), q.r.PathValue("preview")); err == nil {
			standing, runs, err = q.standing(eng, p)
		}
		return err
	})
	if err != nil {
		return err
	}
	if done, err := q.underWay(p.ID, runs); done || err != nil {
		return err
	}
	switch {
	case standing.Status != engine.PreviewOpen:
		return &engine.StaleError{Preview: p.ID, Moved: cmpOr(standing.Stale, "something")}
	case p.Approvals != nil && p.Approvals.Missing > 0:
		return &engine.UnapprovedError{Preview: p.ID, Approvals: p.Approvals}
	}
	q.looks.forget(p.Plan)
	return q.enqueue(job.ApplyArgs{Plan: p.Plan, Preview: p.ID, User: q.person.Name})
}

// underWay leads to what applies a preview already, or has applied it: somebody was faster. It
// reports whether there is such a thing.
func (q *request) underWay(preview string, runs []engine.RunSummary) (bool, error) {
	jobs, err := q.cfg.Jobs.Unfinished(q.r.Context())
	if err != nil {
		return false, err
	}
	for _, l := range jobs {
		if l.Kind == job.KindApply && l.Preview == preview {
			q.say(fmt.Sprintf("Preview %s is being applied already, by job %d%s: this is that job.", preview, l.ID, askedBy(l.User)))
			return true, q.goTo(jobPath(l.ID))
		}
	}
	for _, r := range runs {
		if string(r.Status) == "done" {
			q.say(fmt.Sprintf("Preview %s was applied already: this is the run that did.", preview))
			return true, q.goTo("/runs/" + r.ID)
		}
	}
	return false, nil
}

func askedBy(name string) string {
	if name == "" {
		return ""
	}
	return ", for " + name
}

func cmpOr(list []string, otherwise string) []string {
	if len(list) == 0 {
		return []string{otherwise}
	}
	return list
}
