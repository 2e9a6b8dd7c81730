package netbox

import (
	"context"
	"time"
)

// Grace is how long after an interruption NetBox may take to answer what still has to be
// asked.
const Grace = 5 * time.Second

// Linger is a context for a short exchange that has to take place even if ctx is
// cancelled: to learn what became of a write, to give a lease back. It ends [Grace] after
// ctx does, so that a server that hangs keeps nobody.
func Linger(ctx context.Context) (context.Context, context.CancelFunc) {
	out, cancel := context.WithCancel(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, func() { time.AfterFunc(Grace, cancel) })
	return out, func() {
		stop()
		cancel()
	}
}
