package apply

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/mirror/netbox"
)

// errNever closes a request in the journal that cannot be carried out any more.
var errNever = errors.New("it was never carried out")

// settle finds out what became of a request whose answer was lost. What was carried out
// counts as written; what cannot be any more is sent again, in smaller requests as long as
// there are any.
func (a *Applier) settle(ctx context.Context, method, kind string, batch []*item, cause error, ok done) error {
	again := batch[0].lost == "" || len(batch) > 1
	useful := a.pace.lost(method, kind, len(batch))
	for _, it := range batch {
		it.lost = it.batch
	}
	landed, err := a.await(ctx, method, kind, batch, cause)
	again = again && useful && err == nil && ctx.Err() == nil && (method != post || len(landed) == 0)
	var rest []*item
	for _, it := range batch {
		id, there := landed[it]
		switch {
		case there:
			a.wrote(it, id, ok)
		case again:
			rest = append(rest, it)
		default:
			a.leaveOpen(method, it, cause)
		}
	}
	if err == nil {
		err = a.close(ctx, batch, len(landed), again)
	}
	switch {
	case err == nil && !useful:
		return fmt.Errorf("NetBox does not answer, whatever is written: %w", cause)
	case err != nil:
		return err
	}
	left := &supply{feeds: []*feed{{rest, 1}}}
	return left.drain(a.sizeOf(method, kind), func(batch []*item) error { return a.bisect(ctx, method, kind, batch, ok) })
}

// leaveOpen leaves an object to the next run.
func (a *Applier) leaveOpen(method string, it *item, cause error) {
	a.fail(it.change, fmt.Errorf("outcome unknown, the next run looks again: %w", cause))
	if method == post {
		return
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	delete(a.freed, it.change.Object) // nothing may overtake it
}

// close tells the journal what was found out about a request.
func (a *Applier) close(ctx context.Context, batch []*item, landed int, again bool) error {
	var said error
	switch {
	case landed == len(batch):
	case again:
		said = errNever
	default:
		return nil
	}
	if err := a.cfg.Journal.Done(context.WithoutCancel(ctx), batch[0].seq, "", said); err != nil {
		return fmt.Errorf("write journal: %w", err)
	}
	return nil
}

// await asks what a request has written until it is all there or the time is over: a
// transaction may commit after its connection broke, and a server that restarts does not
// answer for a while. A request under If-Match is not waited for: of it and of what is
// sent in its place only one commits. One that NetBox itself failed with is over.
func (a *Applier) await(ctx context.Context, method, kind string, batch []*item, cause error) (map[*item]int64, error) {
	deadline := a.cfg.Now().Add(a.cfg.Wait)
	guarded, ended := a.guarded(method, batch), failing(cause)
	for {
		over := !a.cfg.Now().Before(deadline) // ahead of the question, which is the last one then
		landed, err := a.ask(ctx, method, kind, batch)
		switch {
		case err != nil && (over || !errors.Is(err, netbox.ErrUnreachable)):
			return landed, fmt.Errorf("look up a request of unknown outcome: %w", err)
		case err == nil && (over || guarded || ended || len(landed) == len(batch)):
			return landed, nil
		}
		if netbox.Sleep(ctx, min(a.cfg.Wait/50, 2*time.Second)) != nil {
			return landed, nil //nolint:nilerr // interrupted: what is known by now counts
		}
	}
}

// ask is landed, also where the run has been interrupted.
func (a *Applier) ask(ctx context.Context, method, kind string, batch []*item) (map[*item]int64, error) {
	ctx, done := netbox.Linger(ctx)
	defer done()
	return a.landed(ctx, method, kind, batch)
}

// landed asks NetBox which objects of a request are written: what is made has its diet
// id or its natural key, what is deleted is gone, and what is changed was changed last by
// that request.
func (a *Applier) landed(ctx context.Context, method, kind string, batch []*item) (map[*item]int64, error) {
	switch {
	case method == remove:
		return a.gone(ctx, kind, batch)
	case !owned(kind):
		return a.named(ctx, kind, batch)
	case method == patch:
		return a.changed(ctx, kind, batch)
	}
	objects := make([]string, len(batch))
	for i, it := range batch {
		objects[i] = it.change.Object
	}
	found, err := a.cfg.Reader.Bearing(ctx, kind, objects)
	landed := map[*item]int64{}
	for _, it := range batch {
		if id, there := found[it.change.Object]; there {
			landed[it] = id
		}
	}
	return landed, err
}

func (a *Applier) named(ctx context.Context, kind string, batch []*item) (map[*item]int64, error) {
	payloads := make([]map[string]any, len(batch))
	for i, it := range batch {
		payloads[i] = it.payload
	}
	a.again.Lock()
	defer a.again.Unlock()
	ids, err := a.cfg.Reader.Named(ctx, kind, payloads)
	landed := map[*item]int64{}
	for i, it := range batch {
		if i < len(ids) && ids[i] != 0 && (it.id == 0 || it.id == ids[i]) {
			landed[it] = ids[i]
		}
	}
	return landed, err
}

func (a *Applier) gone(ctx context.Context, kind string, batch []*item) (map[*item]int64, error) {
	ids := make([]int64, len(batch))
	for i, it := range batch {
		ids[i] = it.id
	}
	versions, err := a.cfg.Reader.Versions(ctx, kind, ids)
	landed := map[*item]int64{}
	for _, it := range batch {
		if _, there := versions[it.id]; !there && err == nil {
			landed[it] = it.id
		}
	}
	return landed, err
}

// changed is all of a batch or nothing, as the transaction is.
func (a *Applier) changed(ctx context.Context, kind string, batch []*item) (map[*item]int64, error) {
	before := map[int64]*change.Before{}
	for _, it := range batch {
		before[it.id] = cmp.Or(it.change.Before, &change.Before{})
	}
	a.again.Lock()
	defer a.again.Unlock()
	edited, err := a.cfg.Reader.Changed(ctx, kind, before)
	landed := map[*item]int64{}
	for _, it := range batch {
		if !it.wrote(edited[it.id]) {
			continue
		}
		for _, other := range batch {
			landed[other] = other.id
		}
		break
	}
	return landed, err
}

// wrote reports whether the request whose answer was lost changed the object last.
func (it *item) wrote(b *change.Blame) bool {
	return b != nil && it.lost != "" && b.Message == "diet "+it.lost
}
