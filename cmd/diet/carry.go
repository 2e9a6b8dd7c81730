package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/diet-project/diet/engine"
	"github.com/diet-project/diet/engine/answer"
	"github.com/diet-project/diet/engine/call"
)

// isCarried reports whether an argument is a file with a preview in it. What is read only once, such as
// a pipe, is not looked into, and - stands for the standard input whatever files there are.
func isCarried(arg string) bool {
	if arg == fromStdin {
		return false
	}
	if about, err := os.Stat(arg); err != nil || !about.Mode().IsRegular() {
		return false
	}
	file, err := os.Open(arg)
	if err != nil {
		return false
	}
	defer func() { _ = file.Close() }()
	return engine.IsCarried(file)
}

func (e *env) readCarried(name string) (*engine.CarriedPreview, error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, fmt.Errorf("read preview: %w", err)
	}
	defer func() { _ = file.Close() }()
	p, err := engine.ReadCarried(file)
	if err != nil {
		return nil, fmt.Errorf("read preview %s: %w", name, err)
	}
	p.Weigh(e.call, e.approvers, name, time.Now())
	return p, nil
}

// carry writes a stored preview to the file of --out: whole, or not at all.
func (e *env) carry(eng *engine.Engine, id string) error {
	name := e.cli.String("out")
	err := e.inTurn(name, func(path string) error {
		if !replaceable(path) {
			return usage("write preview: %s is there, and is no preview: name another file, or remove it", name)
		}
		was := e.approvedIn(path)
		err := writeWhole(path, 0o600, func(w io.Writer) error { return eng.Carry(e.cli.Context, id, was, w) })
		if errors.Is(err, engine.ErrOtherApproved) {
			return usage("write preview: %s is preview %s, with approvals: name another file, or remove it", name, was.ID)
		}
		return err
	})
	if err != nil {
		return err
	}
	e.say("diet: wrote %s; `diet apply %s` applies it, also elsewhere", name, call.Quoted(name))
	return nil
}

// replaceable reports whether a preview may be written to a file: it is not there, is empty, or is
// an older preview. A plan, a store or a configuration is not overwritten.
func replaceable(path string) bool {
	file, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return true
	}
	if err != nil {
		return false
	}
	defer func() { _ = file.Close() }()
	info, err := file.Stat()
	if err != nil || !info.Mode().IsRegular() || info.Size() == 0 {
		return err == nil && info.Mode().IsRegular()
	}
	_, err = engine.ReadCarried(file)
	return err == nil
}

// approvedIn is the preview in a file, where somebody has approved it; else nil.
func (e *env) approvedIn(path string) *engine.CarriedPreview {
	p, err := e.readCarried(path)
	if err != nil || p.Approvals == nil || len(p.Approvals.Given) == 0 {
		return nil
	}
	return p
}

// inTurn has a file written that others may be about to write too, one after the other. Where
// it is a link, that stays one.
func (e *env) inTurn(name string, write func(path string) error) error {
	path := name
	if target, err := filepath.EvalSymlinks(name); err == nil {
		path = target
	}
	release, err := answer.Lock(e.cli.Context, filepath.Dir(path))
	if err != nil {
		return fmt.Errorf("write preview: %w", err)
	}
	defer release()
	return write(path)
}

// writeWhole writes a file: whole, or not at all.
func writeWhole(name string, mode os.FileMode, write func(io.Writer) error) error {
	file, err := os.CreateTemp(filepath.Dir(name), ".diet-*")
	if err != nil {
		return fmt.Errorf("write preview: %w", err)
	}
	err = errors.Join(write(file), file.Chmod(mode), file.Sync(), file.Close())
	if err == nil {
		err = os.Rename(file.Name(), name)
	}
	if err != nil {
		return errors.Join(err, os.Remove(file.Name()))
	}
	return nil
}

// applyCarried applies a preview from a file.
func (e *env) applyCarried(name string) error {
	if given(e.cli, "target", "exclude") {
		return usage("a preview says itself what it is about: leave --target and --exclude out")
	}
	p, err := e.readCarried(name)
	if err != nil {
		return err
	}
	return e.withEngine(func(eng *engine.Engine) error {
		if err := eng.Accept(e.cli.Context, p); err != nil {
			return err
		}
		return e.apply(eng, []engine.Task{{Intent: p.Intent, Preview: p.Preview}})
	})
}
