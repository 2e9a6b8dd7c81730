package engine

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/mirror/store"
)

// ErrNoPreview is returned by LoadPreview for an unknown id.
var ErrNoPreview = errors.New("no such preview")

// LoadPreview reads a stored preview. It needs no NetBox; where one is known, it must be that
// of the preview.
func (e *Engine) LoadPreview(ctx context.Context, id string) (*Preview, error) {
	address, err := e.netbox(ctx)
	if err != nil {
		return nil, err
	}
	kept, err := e.store.Preview(ctx, address, id)
	if errors.Is(err, store.ErrNotFound) {
		return nil, e.noPreview(ctx, address, id)
	}
	if err != nil {
		return nil, err
	}
	return e.open(ctx, kept)
}

// open is a preview as the store has it, with its approvals.
func (e *Engine) open(ctx context.Context, kept store.Preview) (*Preview, error) {
	p, err := joined(kept)
	if err != nil {
		return nil, fmt.Errorf("read preview %q: %w", kept.ID, err)
	}
	if p.signed, err = e.approvalsOf(ctx, kept.ID); err != nil {
		return nil, err
	}
	if p.Demanded > 0 || len(p.signed) > 0 {
		c := carriedOf(kept, e.cfg.Version)
		p.digest = c.digest()
		p.weigh(e.cfg.Call, e.bench(), e.now())
	}
	return p, nil
}

// digestOf is an entry of a preview's digests, as the store keeps it.
type digestOf struct {
	Object string `json:"object"`
	Digest string `json:"digest"`
}

// named is the name of an object that a field refers to, as the store keeps it.
type named struct {
	Kind string `json:"kind"`
	ID   int64  `json:"id"`
	Name string `json:"name"`
}

// The lists of a preview that the store keeps as rows.
const (
	partChanges   = "changes"
	partConflicts = "conflicts"
	partQuestions = "questions"
	partUnmanaged = "unmanaged_changes"
	partDigests   = "digests"
	partNames     = "names"
	partPlan      = "plan"    // its text
	partAnswers   = "answers" // those that count
	partRun       = "run"     // that is undone
	partJournal   = "journal" // its requests
)

// split is a preview as the store keeps it: its lists, which may be long, apart.
func split(p *Preview, address string) (store.Preview, error) {
	head := *p
	head.Approvals = nil
	head.Changes, head.Conflicts, head.Questions, head.Unmanaged, head.Changed = nil, nil, nil, nil, nil
	out := store.Preview{ID: p.ID, NetBox: address, Plan: p.Plan, CreatedAt: p.CreatedAt, PlanFile: p.PlanFile, Rows: map[string][]string{}}
	var err error
	if head.Outcome, err = splitOutcome(p.Outcome, out.Rows); err != nil {
		return out, fmt.Errorf("encode preview: %w", err)
	}
	document, err := json.Marshal(head)
	out.Document = string(document)
	var digests []digestOf
	for _, object := range slices.Sorted(maps.Keys(p.Changed)) {
		digests = append(digests, digestOf{object, p.Changed[object]})
	}
	var names []named
	for _, kind := range slices.Sorted(maps.Keys(p.names)) {
		for _, id := range slices.Sorted(maps.Keys(p.names[kind])) {
			names = append(names, named{kind, id, p.names[kind][id]})
		}
	}
	err = errors.Join(err,
		addRows(out.Rows, partChanges, p.Changes), addRows(out.Rows, partConflicts, p.Conflicts),
		addRows(out.Rows, partQuestions, p.Questions), addRows(out.Rows, partUnmanaged, p.Unmanaged),
		addRows(out.Rows, partDigests, digests), addRows(out.Rows, partNames, names),
		addRows(out.Rows, partAnswers, p.answers), addRows(out.Rows, partPlan, []string{p.planText}))
	if p.past != nil {
		err = errors.Join(err, addRows(out.Rows, partRun, []store.Told{p.past.told}), addRows(out.Rows, partJournal, p.past.requests))
	}
	if err != nil {
		return out, fmt.Errorf("encode preview: %w", err)
	}
	return out, nil
}

func addRows[T any](rows map[string][]string, part string, list []T) error {
	for i := range list {
		text, err := json.Marshal(&list[i])
		if err != nil {
			return err
		}
		rows[part] = append(rows[part], string(text))
	}
	return nil
}

// joined is what was split. The lists of a preview of an earlier diet are in its document.
func joined(kept store.Preview) (*Preview, error) {
	p := &Preview{}
	if err := json.Unmarshal([]byte(kept.Document), p); err != nil {
		return nil, err
	}
	var digests []digestOf
	var names []named
	var texts []string
	err := errors.Join(
		readRows(kept.Rows, partChanges, &p.Changes), readRows(kept.Rows, partConflicts, &p.Conflicts),
		readRows(kept.Rows, partQuestions, &p.Questions), readRows(kept.Rows, partUnmanaged, &p.Unmanaged),
		readRows(kept.Rows, partDigests, &digests), readRows(kept.Rows, partNames, &names),
		readRows(kept.Rows, partAnswers, &p.answers), readRows(kept.Rows, partPlan, &texts), joinOutcome(p.Outcome, kept))
	if err != nil {
		return nil, err
	}
	for _, text := range texts {
		p.planText = text
	}
	if p.past, err = pastIn(kept.Rows); err != nil {
		return nil, err
	}
	if p.Changed == nil {
		p.Changed = map[string]string{}
	}
	for _, d := range digests {
		p.Changed[d.Object] = d.Digest
	}
	p.names = map[string]map[int64]string{}
	for _, n := range names {
		if p.names[n.Kind] == nil {
			p.names[n.Kind] = map[int64]string{}
		}
		p.names[n.Kind][n.ID] = n.Name
	}
	return p, nil
}

// pastIn is the run that a preview undoes, as the preview has it; nil for none.
func pastIn(rows map[string][]string) (*past, error) {
	var told []store.Told
	var out past
	if err := errors.Join(readRows(rows, partRun, &told), readRows(rows, partJournal, &out.requests)); err != nil || len(told) == 0 {
		return nil, err
	}
	out.told = told[0]
	return &out, nil
}

// readRows adds the rows of a list to it. An empty one is a list all the same.
func readRows[T any](rows map[string][]string, part string, list *[]T) error {
	if *list == nil {
		*list = []T{}
	}
	for _, text := range rows[part] {
		var item T
		if err := json.Unmarshal([]byte(text), &item); err != nil {
			return err
		}
		*list = append(*list, item)
	}
	return nil
}

// PreviewSummary is a stored preview, as a list of them shows it.
type PreviewSummary struct {
	ID        string        `json:"id"`
	Plan      string        `json:"plan"`
	NetBox    string        `json:"netbox"`
	CreatedAt string        `json:"created_at"`
	Summary   change.Counts `json:"summary"`
	Status    PreviewStatus `json:"status"`
	AppliedAt string        `json:"applied_at,omitempty"`

	Approvals *Approvals `json:"approvals,omitempty"`

	// Stale says what has moved, as far as that is known without a NetBox.
	Stale []string `json:"stale,omitempty"`
}

// PreviewStatus says whether a preview can still be applied.
type PreviewStatus string

// The states of a preview. One that is open may be found to be stale once NetBox is read; of one that an
// apply refused that is known.
const (
	PreviewOpen    PreviewStatus = "open"
	PreviewApplied PreviewStatus = "applied"
	PreviewStale   PreviewStatus = "stale"
)

// Previews lists the newest previews in the store, of one plan or, with "", of all. It needs no
// NetBox. planDigest is the digest of what a plan's file holds by now, "" if that is unknown.
func (e *Engine) Previews(ctx context.Context, plan string, most int, planDigest func(file string) string) ([]PreviewSummary, error) {
	kept, err := e.store.Previews(ctx, plan, most)
	if err != nil {
		return nil, err
	}
	out := make([]PreviewSummary, len(kept))
	for i := range kept {
		if out[i], err = e.previewSummary(&kept[i], planDigest); err != nil {
			return nil, err
		}
		if kept[i].Demanded == 0 {
			continue
		}
		p, err := e.head(ctx, kept[i].NetBox, kept[i].ID)
		if err != nil {
			return nil, err
		}
		out[i].Approvals = p.Approvals
	}
	return out, nil
}

// foundStale notes that a preview was refused, so that it is not shown as one that can be applied.
func (e *Engine) foundStale(ctx context.Context, stale *StaleError) error {
	const most = 5
	moved := slices.Concat(stale.Ended, stale.Moved)
	if len(moved) > most {
		moved = append(moved[:most], fmt.Sprintf("%d more", len(moved)-most))
	}
	text, err := json.Marshal(moved)
	if err != nil {
		return fmt.Errorf("note that a preview is stale: %w", err)
	}
	return e.store.FoundStale(ctx, stale.Preview, text)
}

func (e *Engine) previewSummary(k *store.Listed, planDigest func(string) string) (PreviewSummary, error) {
	out := PreviewSummary{
		ID: k.ID, Plan: k.Plan, NetBox: k.NetBox, CreatedAt: k.CreatedAt, AppliedAt: k.AppliedAt, Status: PreviewApplied,
	}
	if err := json.Unmarshal([]byte(k.Summary), &out.Summary); err != nil {
		return out, fmt.Errorf("read preview %q: %w", k.ID, err)
	}
	if out.AppliedAt != "" {
		return out, nil
	}
	if k.WrittenBy != "" {
		out.Stale = append(out.Stale, "NetBox, by "+k.WrittenBy)
	}
	if k.OfPlan {
		if now := planDigest(k.PlanFile); now != "" && now != k.PlanDigest {
			out.Stale = append(out.Stale, "the plan")
		}
	}
	if k.PolicyDigest != e.policies.Digest() {
		out.Stale = append(out.Stale, "the policies")
	}
	if len(out.Stale) == 0 && k.FoundStale != nil {
		if err := json.Unmarshal(k.FoundStale, &out.Stale); err != nil {
			return out, fmt.Errorf("read preview %q: %w", k.ID, err)
		}
	}
	out.Status = PreviewOpen
	if len(out.Stale) > 0 {
		out.Status = PreviewStale
	}
	return out, nil
}
