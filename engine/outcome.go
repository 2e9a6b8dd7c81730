package engine

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"

	"github.com/diet-project/diet/engine/answer"
	"github.com/diet-project/diet/engine/approval"
	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/generate/natural"
	"github.com/diet-project/diet/mirror/store"
)

// Outcome is what a preview comes to once the approvals that it wants are there: what people approve.
// Its fields are those of a [Preview].
type Outcome struct {
	Summary   change.Counts     `json:"summary"`
	Verdict   change.Verdict    `json:"verdict"`
	Changes   []change.Change   `json:"changes"`
	Conflicts []Conflict        `json:"conflicts"`
	Questions []answer.Question `json:"questions"`
	Findings  []change.Notice   `json:"findings"`
}

// Standing is the preview as it stands by the approvals that were given: the preview itself, or, once
// none is missing, what it comes to with them.
func (p *Preview) Standing() *Preview {
	if p.Approvals == nil || p.Approvals.Missing > 0 {
		return p
	}
	return p.Approved()
}

// Approved is the preview as it stands once the approvals that it wants are there: the preview
// itself where it wants none, or an earlier diet stored it.
func (p *Preview) Approved() *Preview {
	o := p.Outcome
	if o == nil {
		return p
	}
	out := *p
	out.Outcome, out.Summary, out.Verdict = nil, o.Summary, o.Verdict
	out.Changes, out.Conflicts, out.Questions, out.Findings = o.Changes, o.Conflicts, o.Questions, o.Findings
	return &out
}

// withApprovals decides about a preview once more, as with the approvals that it wants.
func (e *Engine) withApprovals(ctx context.Context, intent Intent, p *Preview) error {
	if p.Demanded == 0 {
		return nil
	}
	by := stand(e.cfg.Approvers, p.Demanded)
	after, _, err := e.examine(ctx, intent, closely{judge: true, by: by, supposes: true})
	if err != nil {
		return err
	}
	after.unname(strings.Join(by, " and "))
	for kind, names := range after.names {
		if p.names[kind] == nil {
			p.names[kind] = map[int64]string{}
		}
		maps.Copy(p.names[kind], names)
	}
	after.tellCommands(e.cfg.Call, p.ID)
	p.Outcome = &Outcome{
		Summary: after.Summary, Verdict: after.Verdict, Changes: after.Changes, Conflicts: after.Conflicts,
		Questions: after.Questions, Findings: after.Findings,
	}
	return nil
}

// unname says nobody's name where approvals are supposed.
func (p *Preview) unname(who string) {
	unname := func(v *change.Verdict) {
		if rest, is := strings.CutPrefix(v.Message, who+" answered approve"); is && v.Answer == string(change.AnswerApprove) {
			v.Message = "with the approvals" + rest
		}
	}
	for i := range p.Changes {
		c := &p.Changes[i]
		unname(&c.Verdict)
		for j := range c.Fields {
			unname(&c.Fields[j].Verdict)
		}
	}
}

// stand names as many people as approvals are wanted: those who may approve, as far as there are so many.
func stand(in approval.Approvers, n int) []string {
	names := slices.Compact(slices.Sorted(maps.Values(in)))
	for len(names) < n {
		names = append(names, "an approver")
	}
	return names[:n]
}

// beyond are the changes that would be written with the approvals that a preview has, and that it did
// not show so, in order: a rule may read who approved.
func (p *Preview) beyond(after *Preview) (out []string) {
	if p.Outcome == nil {
		return nil // an earlier diet stored it
	}
	shown := make(map[string]*change.Change, len(p.Outcome.Changes))
	for i := range p.Outcome.Changes {
		c := &p.Outcome.Changes[i]
		shown[c.Kind+" "+c.Object] = c
	}
	for i := range after.Changes {
		c := &after.Changes[i]
		if k := c.Kind + " " + c.Object; c.Acts() && !doesAll(shown[k], c) {
			out = append(out, k)
		}
	}
	slices.SortFunc(out, natural.Compare)
	return out
}

// doesAll reports whether a change that was shown does all that another one of the same object does, from
// the same differences.
func doesAll(shown, c *change.Change) bool {
	if shown == nil || !shown.Acts() || shown.Action != c.Action {
		return false
	}
	return !slices.ContainsFunc(c.Fields, func(f change.Field) bool {
		return c.PerField() && f.Verdict.Acts() && !slices.ContainsFunc(shown.Fields, func(g change.Field) bool {
			return g.Name == f.Name && (!shown.PerField() || g.Verdict.Acts())
		})
	})
}

// The lists of an outcome that the store keeps as rows.
const (
	partApproved          = "approved_changes"
	partApprovedConflicts = "approved_conflicts"
	partApprovedQuestions = "approved_questions"
)

// splitOutcome adds the lists of an outcome to rows, and returns it without them.
func splitOutcome(o *Outcome, rows map[string][]string) (*Outcome, error) {
	if o == nil {
		return nil, nil //nolint:nilnil // there is none
	}
	head := Outcome{Summary: o.Summary, Verdict: o.Verdict, Findings: o.Findings}
	return &head, errors.Join(addRows(rows, partApproved, o.Changes), addRows(rows, partApprovedConflicts, o.Conflicts),
		addRows(rows, partApprovedQuestions, o.Questions))
}

// joinOutcome adds the lists of an outcome to it.
func joinOutcome(o *Outcome, kept store.Preview) error {
	if o == nil {
		return nil
	}
	return errors.Join(readRows(kept.Rows, partApproved, &o.Changes), readRows(kept.Rows, partApprovedConflicts, &o.Conflicts),
		readRows(kept.Rows, partApprovedQuestions, &o.Questions))
}
