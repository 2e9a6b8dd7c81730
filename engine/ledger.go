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

// entries are the decisions as the decision log has them, secrets masked.
func (e *Engine) entries(p *Preview, run string) ([]policy.Entry, error) {
	labels := map[string]string{"app": "diet", "version": e.cfg.Version, "plan": p.Plan, "preview": p.ID}
	if e.client != nil {
		labels["netbox"] = e.client.URL()
	}
	if run != "" {
		labels["run"] = run
	}
	out := make([]policy.Entry, 0, len(p.log.order))
	for i, place := range p.log.order {
		d := p.log.rows[place]
		entry := policy.Entry{
			Labels: labels, DecisionID: fmt.Sprintf("%s-%d", p.ID, i+1), Path: policy.EntryPath, Timestamp: p.CreatedAt,
			Metrics: map[string]int64{"timer_rego_query_eval_ns": d.took.Nanoseconds()}, Result: result(d.verdict),
		}
		var err error
		if entry.Input, err = d.input.Document(); err != nil {
			return nil, err
		}
		e.policies.Mask(&entry)
		out = append(out, entry)
	}
	return out, nil
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

// keepDecisions stores what was decided for a preview, and adds it to the decision log. run
// is the run that applies it, if one does.
func (e *Engine) keepDecisions(ctx context.Context, p *Preview, run string) error {
	entries, err := e.entries(p, run)
	if err != nil {
		return fmt.Errorf("keep decisions: %w", err)
	}
	var kept bytes.Buffer
	zip := gzip.NewWriter(&kept)
	if err := writeEntries(zip, entries); err != nil {
		return err
	}
	if err := zip.Close(); err != nil {
		return fmt.Errorf("keep decisions: %w", err)
	}
	address, err := e.netbox(ctx)
	if err != nil {
		return err
	}
	if e.cfg.DecisionLog != nil {
		if err := writeEntries(e.cfg.DecisionLog, entries); err != nil {
			return err
		}
	}
	return e.store.KeepSituation(ctx, store.Situation{
		Preview: p.ID, NetBox: address, Plan: p.Plan, CreatedAt: p.CreatedAt, Decisions: kept.Bytes(),
	})
}

func writeEntries(w io.Writer, entries []policy.Entry) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	for i := range entries {
		if err := enc.Encode(&entries[i]); err != nil {
			return fmt.Errorf("write decisions: %w", err)
		}
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
