package engine

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/engine/policy"
	"github.com/diet-project/diet/mirror/store"
)

// ledger is what the policies saw and decided of a set, the last time about each verdict.
type ledger struct {
	order []*change.Verdict
	rows  map[*change.Verdict]decided
}

// decided is one decision.
type decided struct {
	input   policy.Input
	verdict change.Verdict
	took    time.Duration
}

func (l *ledger) note(place *change.Verdict, d decided) {
	if l.rows == nil {
		l.rows = map[*change.Verdict]decided{}
	}
	if _, known := l.rows[place]; !known {
		l.order = append(l.order, place)
	}
	l.rows[place] = d
}

// chosen are the places of the decisions to keep where they are too many: first those that
// hold something back.
func (l *ledger) chosen(most int) map[int]bool {
	out := map[int]bool{}
	for _, acts := range []bool{false, true} {
		for i, place := range l.order {
			if len(out) < most && l.rows[place].verdict.Acts() == acts {
				out[i] = true
			}
		}
	}
	return out
}

// entries are the decisions as the decision log has them, secrets masked, with the objects that they are
// about.
func (e *Engine) entries(ctx context.Context, p *Preview) ([]policy.Entry, error) {
	out := make([]policy.Entry, 0, len(p.log.order))
	labels := e.labels(p)
	objects, err := e.overlook(ctx, p, mostLooked)
	if err != nil {
		return nil, err
	}
	for i := range p.log.order {
		entry, err := e.entry(p, labels, i, objects)
		if err != nil {
			return nil, err
		}
		out = append(out, entry)
	}
	return out, nil
}

// labels say what decisions are of.
func (e *Engine) labels(p *Preview) map[string]string {
	labels := map[string]string{"app": "diet", "version": e.cfg.Version, "plan": p.Plan, "preview": p.ID}
	if e.client != nil {
		labels["netbox"] = e.client.URL()
	}
	return labels
}

// entry is one decision, with the object that it is about, if that was overlooked.
func (e *Engine) entry(p *Preview, labels map[string]string, i int, objects *overlooked) (policy.Entry, error) {
	d := p.log.rows[p.log.order[i]]
	objects.show(&d.input)
	entry := policy.Entry{
		Labels: labels, DecisionID: fmt.Sprintf("%s-%d", p.ID, i+1), Path: policy.EntryPath, Timestamp: p.CreatedAt,
		Metrics: map[string]int64{"timer_rego_query_eval_ns": d.took.Nanoseconds()}, Result: result(d.verdict),
	}
	var err error
	if entry.Input, err = d.input.Document(); err != nil {
		return entry, err
	}
	e.policies.Mask(&entry)
	return entry, nil
}

// result is a verdict as the rule returned it.
func result(v change.Verdict) map[string]any {
	out := map[string]any{"id": v.Rule, "decision": string(v.Decision), "severity": v.Severity, "message": v.Message}
	for key, text := range map[string]string{"recommended": v.Recommended, "answer": v.Answer} {
		if text != "" {
			out[key] = text
		}
	}
	if len(v.Links) > 0 {
		out["links"] = v.Links
	}
	return out
}

// keepDecisions stores what was decided for a preview, or for a run of it, and adds it to the decision
// log. run is "" for none.
func (e *Engine) keepDecisions(ctx context.Context, p *Preview, run string) error {
	address, err := e.netbox(ctx)
	if err != nil {
		return err
	}
	var kept bytes.Buffer
	zip := gzip.NewWriter(&kept)
	objects, err := e.overlook(ctx, p, min(mostLooked, e.cfg.Keep.decisions()))
	if err != nil {
		return fmt.Errorf("keep decisions: %w", err)
	}
	leftOut, err := e.writeDecisions(p, run, zip, objects)
	if err != nil {
		return fmt.Errorf("keep decisions: %w", err)
	}
	if err := zip.Close(); err != nil {
		return fmt.Errorf("keep decisions: %w", err)
	}
	return e.store.KeepSituation(ctx, store.Situation{
		Preview: p.ID, NetBox: address, Plan: p.Plan, CreatedAt: p.CreatedAt, Decisions: kept.Bytes(), LeftOut: leftOut,
	}, e.cfg.Keep.situations())
}

// writeDecisions writes what was decided as JSON lines: all to the decision log, and no more
// than the store is to hold to kept, with the objects that they are about. leftOut is how many that has not.
func (e *Engine) writeDecisions(p *Preview, run string, kept io.Writer, objects *overlooked) (leftOut int, err error) {
	chosen, labels := p.log.chosen(e.cfg.Keep.decisions()), e.labels(p)
	if run != "" {
		labels["run"] = run
	}
	write := func(to io.Writer, i int, objects *overlooked) error {
		entry, err := e.entry(p, labels, i, objects)
		if err != nil {
			return err
		}
		return writeEntry(to, &entry)
	}
	leftOut = len(p.log.order) - len(chosen)
	for i := range p.log.order {
		if chosen[i] {
			err = write(kept, i, objects)
		}
		if err == nil && e.cfg.DecisionLog != nil {
			err = write(e.cfg.DecisionLog, i, nil)
		}
		if err != nil {
			return leftOut, err
		}
	}
	return leftOut, nil
}

func writeEntry(w io.Writer, entry *policy.Entry) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(entry); err != nil {
		return fmt.Errorf("write decisions: %w", err)
	}
	return nil
}

// readEntries reads what keepDecisions stored.
func readEntries(s store.Situation) ([]policy.Entry, error) {
	zip, err := gzip.NewReader(bytes.NewReader(s.Decisions))
	if err != nil {
		return nil, fmt.Errorf("read decisions of %s: %w", s.Preview, err)
	}
	var out []policy.Entry
	for dec := json.NewDecoder(zip); ; {
		var entry policy.Entry
		if err := dec.Decode(&entry); errors.Is(err, io.EOF) {
			return out, nil
		} else if err != nil {
			return nil, fmt.Errorf("read decisions of %s: %w", s.Preview, err)
		}
		out = append(out, entry)
	}
}
