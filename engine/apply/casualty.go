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
			a.fail(it.change, fmt.Errorf("%s while the run went on: preview again", what))
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
	for _, c := range died {
		if c.Foreseen {
			a.was[thing{c.Kind, c.ID}] = c.Was
		} else {
			a.result.Casualties = append(a.result.Casualties, c)
		}
	}
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

// thing is an object of NetBox.
type thing struct {
	kind string
	id   int64
}

// lose notes what of others went with an object that was deleted, each once: what is attached
// to a part of a device is known of the device too.
func (a *Applier) lose(c *change.Change, id int64) {
	for _, r := range c.References {
		of := thing{r.Kind, r.ID}
		if r.ID != 0 && !a.lost[of] {
			a.lost[of] = true
			a.result.Lost = append(a.result.Lost, Loss{Kind: r.Kind, ID: r.ID, Object: c.Object, Name: r.Name, Blame: r.Blame})
		}
	}
	for _, r := range c.Edited {
		a.result.Lost = append(a.result.Lost, Loss{
			Kind: c.Kind, ID: id, Object: c.Object, Name: c.Name, Field: r.FieldName(), Value: r.Value, Blame: r.Blame,
		})
	}
}

// remember adds to what was lost what it was.
func (a *Applier) remember() {
	for i := range a.result.Lost {
		if l := &a.result.Lost[i]; l.Field == "" {
			l.Was = a.was[thing{l.Kind, l.ID}]
		}
	}
}

func changesOf(batch []*item) []*change.Change {
	out := make([]*change.Change, len(batch))
	for i, it := range batch {
		out[i] = it.change
	}
	return out
}
