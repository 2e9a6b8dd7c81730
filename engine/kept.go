package engine

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"time"

	"github.com/diet-project/diet/generate"
	"github.com/diet-project/diet/mirror"
)

// Kept is what a mirror says of where diet last put the cables of a plan.
type Kept struct {
	Cables generate.Prior
	Age    time.Duration // of the mirror
}

// ReadKept reads it from a mirror alone, without policies or NetBox. Nothing is kept without
// a mirror, and by one of another NetBox than the URL's, if there is one.
func ReadKept(ctx context.Context, path, url string, plan *generate.Plan) (Kept, error) {
	var kept Kept
	err := byMirror(ctx, path, url, func(e *Engine, age time.Duration) error {
		cables, err := e.priorOf(ctx, plan)
		kept = Kept{cables, age}
		return err
	})
	return kept, err
}

// byMirror works on a mirror that was synced, without policies or NetBox; it does nothing without
// one, and with one of another NetBox than the URL's, if there is one.
func byMirror(ctx context.Context, path, url string, work func(e *Engine, age time.Duration) error) error {
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	e := &Engine{cfg: Config{Mirror: path, Now: time.Now}}
	db, err := mirror.Open(ctx, mirror.Config{Path: path})
	if err == nil {
		e.db = db
		err = errors.Join(workOn(ctx, e, url, work), db.Close())
	}
	return e.Explain(ctx, err)
}

func workOn(ctx context.Context, e *Engine, url string, work func(e *Engine, age time.Duration) error) error {
	of, err := e.db.URL(ctx)
	if err != nil {
		return fmt.Errorf("read mirror: %w", err)
	}
	if url != "" && strings.TrimRight(of, "/") != strings.TrimRight(url, "/") {
		return nil
	}
	age, err := e.Age(ctx)
	if unfinished := (*mirror.UnfinishedError)(nil); errors.Is(err, mirror.ErrNeverSynced) && !errors.As(err, &unfinished) {
		return nil
	}
	if err != nil {
		return err
	}
	return work(e, age)
}
