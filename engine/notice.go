package engine

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/diet-project/diet/mirror/store"
)

// Notice is what a notification rule has said of a topic of a plan, and what stands by now:
// texts for people, by what each is about.
type Notice struct {
	Rule, Plan, Topic string
	Standing, Said    map[string]string
	SaidAt            time.Time // the zero time for never
}

// Stand stores what stands.
func (e *Engine) Stand(ctx context.Context, all []Notice) error {
	rows, err := e.noticeRows(ctx, all)
	if err != nil {
		return err
	}
	if err := e.store.Stand(ctx, rows); err != nil {
		return fmt.Errorf("keep notices: %w", err)
	}
	return nil
}

// Say stores what was said.
func (e *Engine) Say(ctx context.Context, all []Notice) error {
	rows, err := e.noticeRows(ctx, all)
	if err != nil {
		return err
	}
	if err := e.store.Say(ctx, rows); err != nil {
		return fmt.Errorf("keep notices: %w", err)
	}
	return nil
}

func (e *Engine) noticeRows(ctx context.Context, all []Notice) ([]store.Notice, error) {
	address, err := e.netbox(ctx)
	if err != nil {
		return nil, err
	}
	rows := make([]store.Notice, len(all))
	for i, n := range all {
		rows[i] = store.Notice{NetBox: address, Rule: n.Rule, Plan: n.Plan, Topic: n.Topic, Standing: textsOf(n.Standing), Said: textsOf(n.Said)}
		if !n.SaidAt.IsZero() {
			rows[i].SaidAt = n.SaidAt.UTC().Format(stampLayout)
		}
	}
	return rows, nil
}

func textsOf(texts map[string]string) string {
	if len(texts) == 0 {
		return "{}"
	}
	text, _ := json.Marshal(texts) // of texts: cannot fail
	return string(text)
}

// Notices are what a rule has said and what stands, of all plans.
func (e *Engine) Notices(ctx context.Context, rule string) ([]Notice, error) {
	address, err := e.netbox(ctx)
	if err != nil {
		return nil, err
	}
	rows, err := e.store.Notices(ctx, address, rule)
	if err != nil {
		return nil, fmt.Errorf("read notices: %w", err)
	}
	out := make([]Notice, len(rows))
	for i, r := range rows {
		out[i] = Notice{Rule: r.Rule, Plan: r.Plan, Topic: r.Topic}
		err := errors.Join(json.Unmarshal([]byte(r.Standing), &out[i].Standing), json.Unmarshal([]byte(r.Said), &out[i].Said))
		if err != nil {
			return nil, fmt.Errorf("read notices: %w", err)
		}
		out[i].SaidAt, _ = time.Parse(stampLayout, r.SaidAt) // "" is never
	}
	return out, nil
}

// Scheduled notes that the schedule of a plan has a task done now; "" is a task of no plan.
func (e *Engine) Scheduled(ctx context.Context, plan, task string) error {
	address, err := e.netbox(ctx)
	if err != nil {
		return err
	}
	if err := e.store.Schedule(ctx, store.Scheduled{NetBox: address, Plan: plan, Task: task, At: e.stamp()}); err != nil {
		return fmt.Errorf("keep schedule: %w", err)
	}
	return nil
}

// LastScheduled is when the schedule of each plan last had each task done.
func (e *Engine) LastScheduled(ctx context.Context) (map[[2]string]time.Time, error) {
	address, err := e.netbox(ctx)
	if err != nil {
		return nil, err
	}
	rows, err := e.store.Schedules(ctx, address)
	if err != nil {
		return nil, fmt.Errorf("read schedules: %w", err)
	}
	out := make(map[[2]string]time.Time, len(rows))
	for _, r := range rows {
		at, err := time.Parse(stampLayout, r.At)
		if err != nil {
			return nil, fmt.Errorf("read schedules: %w", err)
		}
		out[[2]string{r.Plan, r.Task}] = at
	}
	return out, nil
}
