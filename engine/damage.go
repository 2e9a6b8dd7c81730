package engine

import (
	"cmp"
	"context"
	"errors"

	"github.com/diet-project/diet/mirror"
	"github.com/diet-project/diet/mirror/store"
)

// openFiles opens mirror and store. A mirror that is made anew is only opened once the store has
// what an earlier diet kept in it.
func (e *Engine) openFiles(ctx context.Context) error {
	where := cmp.Or(e.cfg.Store, store.Beside(e.cfg.Mirror))
	var err error
	if e.cfg.Rebuild {
		if e.store, err = store.Open(ctx, where, e.cfg.Mirror); err != nil {
			return err
		}
		if err := e.openMirror(ctx); err != nil {
			return errors.Join(err, e.store.Close())
		}
		return nil
	}
	if err := e.openMirror(ctx); err != nil {
		return err
	}
	if e.store, err = store.OpenBeside(ctx, where, e.db); err != nil {
		return errors.Join(err, e.db.Close())
	}
	return nil
}

// openMirror opens the mirror. One that is damaged is made anew: it is a copy of NetBox.
func (e *Engine) openMirror(ctx context.Context) error {
	cfg := mirror.Config{Path: e.cfg.Mirror, Rebuild: e.cfg.Rebuild, Now: e.cfg.Now}
	db, err := mirror.Open(ctx, cfg)
	if mirror.IsDamaged(err) {
		var damaged *mirror.DamagedError
		if err = mirror.SetAside(ctx, e.cfg.Mirror, err); errors.As(err, &damaged) {
			e.cfg.Notice(damaged.Error() + "; it is read from NetBox anew")
			db, err = mirror.Open(ctx, cfg)
		}
	}
	e.db = db
	return mirror.Full(e.cfg.Mirror, err)
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
	if err := e.openMirror(ctx); err != nil {
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
