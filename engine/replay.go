package engine

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/diet-project/diet/engine/answer"
	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/engine/policy"
	"github.com/diet-project/diet/generate"
)

// Replay is what other policies would have decided of what was decided before.
type Replay struct {
	Previews  []string    `json:"previews"`
	Decisions int         `json:"decisions"`
	Differ    []Differing `json:"differ"`

	// LeftOut is how many decisions of these previews were too many to be recorded.
	LeftOut int `json:"left_out,omitempty"`

	// Blind is how many were recorded without their objects, at which rules of these policies look.
	Blind int `json:"blind,omitempty"`

	// Masked is how many were recorded with masked parts: whether a rule that reads those decides otherwise is not known.
	Masked int `json:"masked,omitempty"`
}

// Differing is a verdict that would have been another one.
type Differing struct {
	Preview string         `json:"preview"`
	Plan    string         `json:"plan"`
	Kind    string         `json:"kind"`
	Object  string         `json:"object"`
	Field   string         `json:"field,omitempty"`
	Class   change.Class   `json:"class"`
	Was     change.Verdict `json:"was"`
	Would   change.Verdict `json:"would"`

	// Masked says that parts of the input were masked, so that it may differ for that.
	Masked bool `json:"masked,omitempty"`
}

// ReplayOptions say what to replay: the newest previews, of a plan, or one preview.
type ReplayOptions struct {
	Plan, Preview string
	Newest        int
}

// Replay decides again, by the policies of other folders, what the policies decided for
// past previews.
func (e *Engine) Replay(ctx context.Context, dirs []string, opt ReplayOptions) (*Replay, error) {
	cfg := e.cfg
	cfg.Policies = dirs
	other, err := policy.New(ctx, cfg.PolicyConfig())
	if err != nil {
		return nil, err
	}
	address, err := e.netbox(ctx)
	if err != nil {
		return nil, err
	}
	kept, err := e.store.Situations(ctx, address, opt.Plan, opt.Preview, opt.Newest)
	if err != nil {
		return nil, err
	}
	if len(kept) == 0 {
		return nil, fmt.Errorf("%w: nothing was decided yet of %s", ErrNoPreview, strings.TrimSpace(opt.Plan+" "+opt.Preview))
	}
	out := &Replay{Previews: []string{}, Differ: []Differing{}}
	for _, s := range slices.Backward(kept) {
		entries, err := readEntries(s)
		if err != nil {
			return nil, err
		}
		out.Previews = append(out.Previews, s.Preview)
		out.Decisions += len(entries)
		out.LeftOut += s.LeftOut
		if err := out.compare(ctx, other, s.Preview, entries); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// compare decides entries again.
func (r *Replay) compare(ctx context.Context, other *policy.Engine, preview string, entries []policy.Entry) error {
	inputs := make([]policy.Input, len(entries))
	for i := range entries {
		var err error
		if inputs[i], err = policy.ReadInput(entries[i].Input); err != nil {
			return err
		}
		other.Excuse(&inputs[i])
		if in := &inputs[i]; in.Class != change.Run && in.Before == nil && in.After == nil && other.Looks() {
			r.Blind++
		}
	}
	verdicts, err := other.Decide(ctx, inputs)
	if err != nil {
		return err
	}
	type outcome struct {
		kind, object, field, was, would string
		from, to                        change.Decision
	}
	listed := map[outcome]bool{} // a run is decided as a whole, and then for each thing that is asked about it
	for i := range entries {
		in, was, would := &inputs[i], verdictOf(entries[i].Result), verdicts[i]
		masked := len(entries[i].Masked)+len(entries[i].Erased) > 0
		r.Masked += one(masked)
		of := outcome{in.Kind, in.Object, in.Field, was.Rule, would.Rule, was.Decision, would.Decision}
		if was.Decision == would.Decision && was.Rule == would.Rule || listed[of] {
			continue
		}
		listed[of] = true
		r.Differ = append(r.Differ, Differing{
			Preview: preview, Plan: entries[i].Labels["plan"], Kind: in.Kind, Object: in.Object, Field: in.Field, Class: in.Class,
			Was: was, Would: would, Masked: masked,
		})
	}
	return nil
}

// verdictOf reads what result wrote.
func verdictOf(result map[string]any) change.Verdict {
	text := func(key string) string { s, _ := result[key].(string); return s }
	return change.Verdict{
		Decision: change.Decision(text("decision")), Rule: text("id"), Severity: text("severity"), Message: text("message"),
		Recommended: text("recommended"), Answer: text("answer"),
	}
}

// Inputs are what the policies see of a plan's differences, as the mirror shows them, with
// secrets masked: all, or those of one object, or of one field of it.
func (e *Engine) Inputs(ctx context.Context, plan *generate.Plan, object, field string) ([]policy.Entry, error) {
	p, err := e.diff(ctx, plan, e.client != nil)
	if err != nil {
		return nil, err
	}
	entries, err := e.entries(ctx, p)
	if err != nil {
		return nil, err
	}
	names := map[string]bool{object: true}
	for i := range p.Changes {
		if c := &p.Changes[i]; slices.Contains(answer.Names(c), object) {
			names[c.Object] = true
		}
	}
	return slices.DeleteFunc(entries, func(x policy.Entry) bool {
		id, _ := x.Input["object"].(string)
		return object != "" && !names[id] || field != "" && x.Input["field"] != field
	}), nil
}

// InputsOf are what the policies saw when a preview was made, with secrets masked.
func (e *Engine) InputsOf(ctx context.Context, preview string) ([]policy.Entry, error) {
	address, err := e.netbox(ctx)
	if err != nil {
		return nil, err
	}
	if run, _, err := e.store.Run(ctx, preview); err == nil {
		preview = run.Preview // under which its decisions are, be it stored or not
	}
	kept, err := e.store.Situations(ctx, address, "", preview, 1)
	if err != nil {
		return nil, err
	}
	if len(kept) == 0 {
		return nil, fmt.Errorf("%w: %q", ErrNoPreview, preview)
	}
	return readEntries(kept[0])
}
