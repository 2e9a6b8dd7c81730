package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/diet-project/diet/engine"
	"github.com/diet-project/diet/engine/apply"
)

// writing is set while a command may have writes under way, which have to be finished.
type writing struct{ atomic.Bool }

type writingKey struct{}

// interruptible is cancelled by the first interrupt, SIGTERM or SIGHUP: what writes to NetBox then
// finishes what is under way. A second one ends the program at once, and so does the first
// where nothing is written and the command does not end by itself: it may wait for a key.
func interruptible(ctx context.Context, stderr io.Writer) context.Context {
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	if !signal.Ignored(syscall.SIGHUP) { // by nohup
		signal.Notify(signals, syscall.SIGHUP)
	}
	signal.Notify(make(chan os.Signal, 1), syscall.SIGPIPE) // so that a write to who is gone fails, and does not kill
	writes := &writing{}
	ctx, cancel := context.WithCancel(context.WithValue(ctx, writingKey{}, writes))
	go func() {
		<-signals
		cancel()
		var over <-chan time.Time
		if writes.Load() {
			fmt.Fprintln(stderr, "diet: interrupted: finishing what is under way; interrupt again to stop at once")
		} else {
			over = time.After(idleGrace)
		}
		select {
		case <-signals:
		case <-over:
		}
		fmt.Fprintln(stderr, "diet: interrupted")
		os.Exit(exitInterrupted)
	}()
	return ctx
}

// idleGrace is how long a command that writes nothing may take to end.
const idleGrace = 3 * time.Second

// willWrite says that a command writes to NetBox from now on.
func willWrite(ctx context.Context) {
	if w, ok := ctx.Value(writingKey{}).(*writing); ok {
		w.Store(true)
	}
}

// interruptedError is an apply that was interrupted, with what goes on from there.
type interruptedError struct {
	error
	command string // "" for the next apply of the plan
}

func (e *interruptedError) Unwrap() error { return e.error }

// Hint says what goes on.
func (e *interruptedError) Hint() string {
	return cmp.Or(e.command, "the next apply") + " goes on from here"
}

// goesOn tells in the error of an interrupted apply which command goes on from there.
func (e *env) goesOn(intent engine.Intent, err error) error {
	if err == nil || codeOf(e.cli.Context, err) != exitInterrupted {
		return err
	}
	var words []string
	var narrowed engine.Narrowed
	for {
		switch x := intent.(type) {
		case engine.Narrowed:
			narrowed, intent = x, x.Intent
			continue
		case engine.Carried:
			intent = x.Intent
			continue
		case engine.Rollback:
			words = append(words, "rollback", x.Run)
		case engine.Destruction:
			words = append(words, "destroy", x.Plan.Key)
		default:
			return err
		}
		break
	}
	for _, object := range narrowed.Targets {
		words = append(words, "--target", object)
	}
	for _, object := range narrowed.Excluded {
		words = append(words, "--exclude", object)
	}
	return &interruptedError{err, e.call.Command(words...)}
}

// otherThanInterrupted is what an error of an interrupted command says besides that it was
// interrupted.
func otherThanInterrupted(err error) []string {
	var several interface{ Unwrap() []error }
	switch {
	case errors.As(err, &several):
		var out []string
		for _, one := range several.Unwrap() {
			out = append(out, otherThanInterrupted(one)...)
		}
		return out
	case errors.Is(err, context.Canceled), errors.Is(err, apply.ErrInterrupted):
		return nil
	}
	text := err.Error()
	for _, word := range []string{"interrupt", "cancel"} {
		if strings.Contains(text, word) {
			return nil // SQLite and OPA have words of their own for it
		}
	}
	return []string{text}
}
