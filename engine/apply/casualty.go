package apply

import (
	"context"
	"fmt"

	"github.com/diet-project/diet/engine/change"
)

// unattached drops the objects of a deletion to which others have attached something since they
// were judged.
func (a *Applier) unattached(ctx context.Context, method string, batch []*item) ([]*item, error) {
	if method != remove {
		return batch, nil
	}
	a.again.Lock()
	attached, err := a.cfg.Reader.Attached(ctx, a.cfg.Run, changesOf(batch))
	a.again.Unlock()
	if err != nil {
		return nil, err
	}
	var keep []*item
	for _, it := range batch {
		if what := attached[it.id]; what != "" {
			a.fail(it.change, fmt.Errorf("somebody attached %s while the run went on: preview again", what))
			continue
		}
		keep = append(keep, it)
	}
	return keep, nil
}

// mourn notes what a deletion has taken along though nobody had foreseen it.
func (a *Applier) mourn(ctx context.Context, requestID string, batch []*item) {
	died, err := a.cfg.Reader.Casualties(ctx, a.cfg.Run, requestID, changesOf(batch))
	a.mu.Lock()
	defer a.mu.Unlock()
	a.result.Casualties = append(a.result.Casualties, died...)
	if err != nil {
		objects := make([]string, len(batch))
		for i, it := range batch {
			objects[i] = it.change.Object
		}
		a.result.Findings = append(a.result.Findings, change.Notice{
			ID: "casualties_unknown", Severity: change.Warning, Objects: objects,
			Message: fmt.Sprintf("NetBox does not say what went along with %d deleted objects: %s", len(batch), err),
		})
	}
}

func changesOf(batch []*item) []*change.Change {
	out := make([]*change.Change, len(batch))
	for i, it := range batch {
		out[i] = it.change
	}
	return out
}
