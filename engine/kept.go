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
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return Kept{}, nil
	}
	db, err := mirror.Open(ctx, mirror.Config{Path: path})
	if err != nil {
		return Kept{}, err
	}
	kept, err := readKept(ctx, &Engine{db: db}, url, plan.Info().Key)
	return kept, errors.Join(err, db.Close())
}

func readKept(ctx context.Context, e *Engine, url, plan string) (Kept, error) {
	of, err := e.db.URL(ctx)
	if err != nil {
		return Kept{}, fmt.Errorf("read mirror: %w", err)
	}
	if url != "" && strings.TrimRight(of, "/") != strings.TrimRight(url, "/") {
		return Kept{}, nil
	}
	age, err := e.Age(ctx)
	if unfinished := (*mirror.UnfinishedError)(nil); errors.Is(err, mirror.ErrNeverSynced) && !errors.As(err, &unfinished) {
		return Kept{}, nil
	}
	if err != nil {
		return Kept{}, err
	}
	cables, err := e.prior(ctx, plan)
	return Kept{cables, age}, err
}
