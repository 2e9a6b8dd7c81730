package engine

import (
	"context"
	"slices"
	"strings"

	"github.com/diet-project/diet/engine/answer"
	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/engine/diff"
)

// asShown makes sure that what is answered is as people were shown it: what is answered by name as the
// newest preview of the plan, as it is now, showed it, since the mirror may have been synced meanwhile.
// What that did not show is answered as it is.
func (e *Engine) asShown(ctx context.Context, p *Preview, asked []diff.Asked, replies []Reply) error {
	if err := p.unchanged(replies); err != nil || !slices.ContainsFunc(replies, func(r Reply) bool { return r.Named }) {
		return err
	}
	list, err := e.Previews(ctx, p.Plan, 1, func(string) string { return "" })
	if err != nil || len(list) == 0 {
		return err
	}
	run, _, err := e.store.LastRun(ctx, list[0].NetBox, p.Plan)
	if err != nil || run.Active > list[0].CreatedAt {
		return err // a run showed more since
	}
	last, err := e.LoadPreview(ctx, list[0].ID)
	if err != nil || last.PlanDigest != p.PlanDigest {
		return err
	}
	then := mattersOf(last, asked)
	for about, now := range mattersOf(p, asked) {
		if was, shown := then[about]; shown && offered(was) && (!now.Like(was) || about.Answer == change.AnswerApprove && !advised(now, was)) {
			return &ChangedError{About: strings.TrimSpace(about.Object + " " + about.Field), Shown: last.ID}
		}
	}
	for _, r := range replies {
		was, now := last.question(r.Question), p.question(r.Question)
		if r.Answer == string(change.AnswerApprove) && was != nil && now != nil && was.Verdict.Recommended != now.Verdict.Recommended {
			return &ChangedError{About: r.Question, Shown: last.ID}
		}
	}
	return nil
}

// question is the one of a preview that has a key; nil for none.
func (p *Preview) question(key string) *answer.Question {
	for i := range p.Questions {
		if p.Questions[i].Key == key {
			return &p.Questions[i]
		}
	}
	return nil
}

// advised reports whether the same is recommended to a question as was, where it still asks.
func advised(now, was answer.Matter) bool {
	return !now.Verdict().Asks() || now.Verdict().Recommended == was.Verdict().Recommended
}

// offered reports whether a preview offered something to answer: a question, or drift that nobody had
// answered.
func offered(m answer.Matter) bool {
	v := m.Verdict()
	return v.Answer == "" && (v.Waits() || m.Class() == change.Drift)
}

// mattersOf finds what is asked about in a preview.
func mattersOf(p *Preview, asked []diff.Asked) map[diff.Asked]answer.Matter {
	out := map[diff.Asked]answer.Matter{}
	for _, m := range answer.Matters(p.Set(), func(change.Verdict) bool { return true }) {
		for _, a := range asked {
			if a.Object != "" && m.Answers(a.Object, a.Field) {
				out[a] = m
			}
		}
	}
	return out
}

// give adds answers to a file.
func (e *Engine) give(ctx context.Context, file string, given []answer.Answer) error {
	if e.cfg.Answer != nil {
		return e.cfg.Answer(ctx, file, given)
	}
	return answer.Edit(ctx, file, func(f *answer.File) error { return f.PutAll(given) })
}
