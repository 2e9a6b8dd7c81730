package apply

import (
	"context"
	"fmt"

	"github.com/diet-project/diet/engine/change"
)

// writeCables moves cables and creates new ones. Moves go in rounds: a port that
// a move frees is taken in the next round.
func (a *Applier) writeCables(ctx context.Context) error {
	pending := a.items(a.acting("cable", change.Update, change.Adopt))
	for len(pending) > 0 {
		ready, blocked := freePorts(pending)
		if len(ready) == 0 {
			for _, it := range blocked {
				a.fail(it.change, fmt.Errorf("its port is held by a cable that waits for this one's port: free one of them by hand"))
			}
			break
		}
		if err := a.send(ctx, patch, "cable", ready, a.updated); err != nil {
			return err
		}
		pending = blocked
	}
	return a.send(ctx, post, "cable", a.items(a.acting("cable", change.Create)), a.created)
}

// freePorts splits moves into those whose ports no other pending move occupies, and the
// rest.
func freePorts(pending []*item) (ready, blocked []*item) {
	held := map[any]*item{}
	for _, it := range pending {
		for _, end := range []string{"a", "b"} {
			if _, moves := it.payload[terminations(it.change, end)]; moves && it.change.Before != nil {
				held[it.change.Before.Have[end]] = it
			}
		}
	}
	for _, it := range pending {
		taken := false
		for _, end := range []string{"a", "b"} {
			target := wanted(it.change, end)
			if other, ok := held[target]; target != nil && ok && other != it {
				taken = true
			}
		}
		if taken {
			blocked = append(blocked, it)
			continue
		}
		ready = append(ready, it)
	}
	return ready, blocked
}
