package engine

import (
	"context"
	"errors"

	"github.com/diet-project/diet/mirror"
	"github.com/diet-project/diet/mirror/store"
)

// openMirror opens the mirror. One that is damaged is made anew: it is a copy of NetBox.
func (e *Engine) openMirror(ctx context.Context, path string) error {
	cfg := mirror.Config{Path: path, Rebuild: e.cfg.Rebuild, Now: e.cfg.Now}
	db, err := mirror.Open(ctx, cfg)
	if mirror.IsDamaged(err) {
		var damaged *mirror.DamagedError
		if err = mirror.SetAside(ctx, path, err); errors.As(err, &damaged) {
			e.cfg.Notice(damaged.Error() + "; it is read from NetBox anew")
			db, err = mirror.Open(ctx, cfg)
		}
	}
	e.db = db
	return mirror.Full(path, err)
}

// isDamaged reports whether an error says that the mirror is damaged, and not the store.
func (e *Engine) isDamaged(err error) bool {
	var of *store.DamagedError
	return mirror.IsDamaged(err) && !errors.As(err, &of)
}

// remake opens the mirror anew where it was found to be damaged.
func (e *Engine) remake(ctx context.Context, cause error) error {
	was := e.db
	var damaged *mirror.DamagedError
	if err := mirror.SetAside(ctx, e.cfg.Mirror, cause); !errors.As(err, &damaged) {
		return err
	}
	e.cfg.Notice(damaged.Error() + "; it is read from NetBox anew")
	if err := e.openMirror(ctx, e.cfg.Mirror); err != nil {
		e.db = was
		return err
	}
	return was.Close()
}

// Explain adds to the error of a call what it means for mirror and store. A mirror that was
// found to be damaged is out of the way then.
func (e *Engine) Explain(ctx context.Context, err error) error {
	var known *mirror.DamagedError
	if e.isDamaged(err) && !errors.As(err, &known) {
		return mirror.SetAside(context.WithoutCancel(ctx), e.cfg.Mirror, err)
	}
	return mirror.Full(e.cfg.Mirror, err)
}
