package apply

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/diet-project/diet/mirror/netbox"
)

const (
	triesAlone = 3  // how often an object is sent alone that NetBox fails with
	brokenMost = 10 // how many objects in a row NetBox may fail with before the rest of the kind is left
)

// fault is how NetBox fails with one method and kind.
type fault struct {
	row  int   // objects that it failed with alone since one was written
	last error // of them
}

// failing reports an answer that says that NetBox failed with a request, which is over.
func failing(err error) bool {
	var e *netbox.Error
	return errors.As(err, &e) && e.Ended
}

// failed deals with a request that NetBox failed with. It is over, so what it wrote is there by
// now: what is not is sent again. The same batch once, in case that it was a moment of weakness;
// then its halves; and an object alone a few times, before it has failed and the rest goes on.
func (a *Applier) failed(ctx context.Context, method, kind string, batch []*item, cause error, ok done) error {
	for _, it := range batch {
		it.lost = it.batch
	}
	landed, err := a.await(ctx, method, kind, batch, cause)
	if err != nil {
		for _, it := range batch {
			a.leaveOpen(method, it, cause)
		}
		return err
	}
	var rest []*item
	for _, it := range batch {
		if id, there := landed[it]; there {
			a.wrote(it, id, ok)
		} else {
			rest = append(rest, it)
		}
	}
	if err := a.close(ctx, batch, len(landed), true); err != nil || len(rest) == 0 {
		return err
	}
	for _, it := range rest {
		it.failures++
	}
	first := rest[0]
	if len(rest) > 1 && first.failures > 1 {
		return a.halve(ctx, method, kind, rest, ok)
	}
	if len(rest) == 1 {
		if first.alone++; first.alone >= triesAlone || a.isBroken(method, kind, 1) {
			a.broke(method, kind, cause)
			a.fail(first.change, cause)
			return nil
		}
	}
	if netbox.Sleep(ctx, a.pauseAfter(first.failures)) != nil {
		return ErrInterrupted
	}
	return a.bisect(ctx, method, kind, rest, ok)
}

// pauseAfter is how long to wait after so many failures: a second, and twice as long each time.
func (a *Applier) pauseAfter(failures int) time.Duration {
	return min(time.Second, a.cfg.Wait/120) << min(failures-1, 4)
}

// broke notes an object that NetBox fails with alone.
func (a *Applier) broke(method, kind string, cause error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	f := a.faults[method+kind]
	a.faults[method+kind] = fault{f.row + 1, cause}
}

// works notes that NetBox has carried a request out.
func (a *Applier) works(method, kind string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	delete(a.faults, method+kind)
}

// isBroken reports whether NetBox has failed with so many objects of a kind in a row.
func (a *Applier) isBroken(method, kind string, row int) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.faults[method+kind].row >= row
}

// leaveBroken has objects fail unsent where NetBox fails with whatever it is sent of the kind.
func (a *Applier) leaveBroken(method, kind string, batch []*item) bool {
	if !a.isBroken(method, kind, brokenMost) {
		return false
	}
	a.mu.Lock()
	cause := a.faults[method+kind].last
	a.mu.Unlock()
	a.failAll(batch, fmt.Errorf("was not sent, since NetBox failed with %d before it: %w", brokenMost, cause))
	return true
}
