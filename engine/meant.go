package engine

import (
	"context"
	"errors"
	"fmt"

	"github.com/diet-project/diet/generate"
	"github.com/diet-project/diet/mirror/store"
)

// MeantError is an id that the store does not have, and one of those it has that may be meant.
type MeantError struct {
	err   error
	Meant string
}

func (e *MeantError) Error() string { return e.err.Error() + generate.DidYouMean(e.Meant) }

// Unwrap is what is not there.
func (e *MeantError) Unwrap() error { return e.err }

// fewOff is how many letters of an id may be wrong: those of two others differ in more.
const fewOff = 2

// meant adds to an error about an id that nothing has which of the known ones may be meant.
func meant(err error, id string, known []string) error {
	if near := generate.Nearest(id, known, fewOff); near != "" {
		return &MeantError{err, near}
	}
	return err
}

// AbroadError is a preview that is of another NetBox, or branch of it, than the one at hand.
type AbroadError struct {
	ID string
	ElsewhereError
}

func (e *AbroadError) Error() string {
	switch address, branch, same := e.wrote(); {
	case !same:
		return fmt.Sprintf("preview %s is of another NetBox, %s", e.ID, address)
	case branch != "":
		return fmt.Sprintf("preview %s is of a branch of this NetBox, %s", e.ID, branch)
	}
	return fmt.Sprintf("preview %s is of NetBox itself, not of the branch", e.ID)
}

// Hint says where it can be applied.
func (e *AbroadError) Hint() string {
	switch _, branch, same := e.wrote(); {
	case !same:
		return "set NETBOX_URL to that NetBox"
	case branch != "":
		return "name the branch with --branch"
	}
	return "leave out --branch"
}

// Is has it count as a preview that is not there: it is not, for this NetBox.
func (e *AbroadError) Is(target error) bool { return target == ErrNoPreview }

// noPreview says of a preview that the store does not have for a NetBox whose it is, or which one may
// be meant.
func (e *Engine) noPreview(ctx context.Context, here, id string) error {
	none := fmt.Errorf("%w: %q", ErrNoPreview, id)
	kept, err := e.store.PreviewHead(ctx, "", id)
	if err == nil && here != "" {
		return &AbroadError{id, ElsewhereError{Wrote: kept.NetBox, Here: here}}
	}
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return err
	}
	all, err := e.store.Previews(ctx, "", recent)
	if err != nil {
		return err
	}
	ids := make([]string, len(all))
	for i := range all {
		ids[i] = all[i].ID
	}
	return meant(none, id, ids)
}

// noRun says of a run that the store does not have which one may be meant.
func (e *Engine) noRun(ctx context.Context, err error, id string) error {
	if !errors.Is(err, store.ErrNotFound) {
		return err
	}
	all, failed := e.store.Runs(ctx, "", recent)
	if failed != nil {
		return failed
	}
	ids := make([]string, len(all))
	for i := range all {
		ids[i] = all[i].ID
	}
	return meant(err, id, ids)
}

// recent is how many previews and runs one may be meant of.
const recent = 500

// KeyMeant says which plan key of the store's runs and previews one may be meant for, if any is near.
func (e *Engine) KeyMeant(ctx context.Context, key string) string {
	var known []string
	runs, err := e.store.Runs(ctx, "", recent)
	for i := range runs {
		known = append(known, runs[i].Plan)
	}
	previews, failed := e.store.Previews(ctx, "", recent)
	for i := range previews {
		known = append(known, previews[i].Plan)
	}
	if err != nil || failed != nil {
		return "" // it only helps
	}
	return generate.DidYouMean(generate.Nearest(key, known, fewOff))
}
