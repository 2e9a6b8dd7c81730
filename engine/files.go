package engine

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"

	"github.com/diet-project/diet/mirror"
	"github.com/diet-project/diet/mirror/store"
)

// Files says what an engine is opened for. Who looks makes no file: a path that is mistyped is an
// error, and not an empty mirror or store of that name.
type Files int

// What an engine is opened for.
const (
	Work         Files = iota // mirror and store are made where they are not there
	LookAtMirror              // the mirror must be there, and a store that is named
	LookAtStore               // the store must be there
	UseStored                 // the store must be there: something in it is named; a mirror is made
	WriteStore                // the store must be there, and is written
)

// MissingError is a file that is to be looked at, and is not there.
type MissingError struct {
	Mirror bool // it is the mirror, else the store
	Path   string
}

func (e *MissingError) Error() string {
	if e.Mirror {
		return fmt.Sprintf("the mirror was never synced: there is no file %s", e.Path)
	}
	return fmt.Sprintf("there is no store %s", e.Path)
}

// Hint says what to do.
func (e *MissingError) Hint() string {
	if e.Mirror {
		return "run `diet sync`, or add --sync; or name another mirror by --mirror"
	}
	return "name the store by --store, or the mirror that it lies beside by --mirror; the first preview or apply makes one"
}

// Is makes a mirror that is not there one that was never synced.
func (e *MissingError) Is(target error) bool { return e.Mirror && target == mirror.ErrNeverSynced }

// openFiles opens mirror and store, which are made where they are not there and may be. Who looks
// at what may not be written looks at a copy.
func (e *Engine) openFiles(ctx context.Context) error {
	where := cmp.Or(e.cfg.Store, store.Beside(e.cfg.Mirror))
	if e.cfg.Files == Work || e.cfg.Rebuild {
		return e.openBoth(ctx, e.cfg.Mirror, where)
	}
	mirrorGone, storeGone := isGone(e.cfg.Mirror), !store.IsAddress(where) && isGone(where)
	switch {
	case storeGone && (e.cfg.Store != "" || mirrorGone && e.cfg.Files != LookAtMirror):
		return &MissingError{Path: where}
	case mirrorGone && e.cfg.Files == LookAtMirror:
		return &MissingError{Mirror: true, Path: e.cfg.Mirror}
	}
	copies := e.cfg.Files != UseStored && !mirrorGone && isShut(e.cfg.Mirror)
	if e.cfg.Files == LookAtMirror || e.cfg.Files == LookAtStore {
		copies = copies || !storeGone && !store.IsAddress(where) && isShut(where)
	}
	if !copies && !storeGone && (!mirrorGone || e.cfg.Files == UseStored) {
		err := e.openBoth(ctx, e.cfg.Mirror, where)
		if err != nil && e.unscratch != nil {
			err = errors.Join(err, e.unscratch())
		}
		return err
	}
	err := e.makeScratch()
	if err != nil {
		return err
	}
	at := e.cfg.Mirror
	if mirrorGone {
		at = filepath.Join(e.scratch, "diet.db")
	}
	if copies {
		at, where, err = e.copied(where, mirrorGone, storeGone)
	}
	switch {
	case err != nil:
	case storeGone:
		err = e.openWithout(ctx, at, where)
	default:
		err = e.openBoth(ctx, at, where)
	}
	if err != nil {
		return errors.Join(err, e.unscratch())
	}
	return nil
}

// makeScratch makes the folder for what is gone when the engine is closed.
func (e *Engine) makeScratch() error {
	dir, remove, err := mirror.Scratch()
	if err != nil {
		return fmt.Errorf("open mirror: %w", err)
	}
	e.scratch, e.unscratch = dir, remove
	return nil
}

// copied has copies of what may not be written, in the scratch folder, and says where mirror and store are
// then. Where only the store is looked at, no mirror is needed.
func (e *Engine) copied(where string, mirrorGone, storeGone bool) (at, beside string, err error) {
	at, beside = filepath.Join(e.scratch, "diet.db"), where
	if !mirrorGone && e.cfg.Files == LookAtMirror {
		err = mirror.Copy(e.cfg.Mirror, at)
	}
	if err == nil && e.cfg.Files != WriteStore && !storeGone && !store.IsAddress(where) {
		beside = filepath.Join(e.scratch, "diet.store.db")
		err = mirror.Copy(where, beside)
	}
	return at, beside, err
}

// isShut reports whether a file, or what lies beside it, may not be written.
func isShut(path string) bool {
	const toWrite = 2
	return syscall.Access(path, toWrite) != nil || syscall.Access(filepath.Dir(path), toWrite) != nil
}

func isGone(path string) bool {
	_, err := os.Stat(path)
	return errors.Is(err, os.ErrNotExist)
}

// openBoth opens a mirror, and a store. One that is to be made anew is made once the store has
// taken over what an older diet kept in it.
func (e *Engine) openBoth(ctx context.Context, at, where string) error {
	var err error
	if e.cfg.Rebuild {
		if err := mirror.IsMirror(ctx, at); err != nil {
			return fmt.Errorf("rebuild mirror: %w", err)
		}
		if e.store, err = store.Open(ctx, where, at); err != nil {
			return err
		}
		if err := e.openMirror(ctx, at); err != nil {
			return errors.Join(err, e.store.Close())
		}
		return nil
	}
	if err = e.openMirror(ctx, at); err != nil && e.cfg.Files == LookAtStore && ctx.Err() == nil {
		err = e.openEmpty(ctx)
	}
	if err != nil {
		return err
	}
	return e.openBeside(ctx, where)
}

// openEmpty opens an empty mirror in the place of one that cannot be opened, for who looks at the store.
func (e *Engine) openEmpty(ctx context.Context) error {
	if e.scratch == "" {
		if err := e.makeScratch(); err != nil {
			return err
		}
	}
	return e.openMirror(ctx, filepath.Join(e.scratch, "diet.db"))
}

// openWithout opens a mirror that has no store: what is looked at is empty, unless an older
// diet kept it in the mirror.
func (e *Engine) openWithout(ctx context.Context, at, where string) error {
	if err := e.openMirror(ctx, at); err != nil {
		return err
	}
	if !e.db.HoldsStore() {
		where = filepath.Join(e.scratch, "diet.store.db")
	}
	return e.openBeside(ctx, where)
}

func (e *Engine) openBeside(ctx context.Context, where string) (err error) {
	if e.store, err = store.OpenBeside(ctx, where, e.db); err != nil {
		return errors.Join(err, e.db.Close())
	}
	return nil
}
