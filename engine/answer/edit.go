package answer

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"time"
)

// lockPause is how often an edit looks whether another one has ended.
const lockPause = 20 * time.Millisecond

// Edit reads a file, has it changed and writes it in one step. Edits of one file take
// turns, also those of other processes: none loses what another one added.
func Edit(ctx context.Context, path string, edit func(*File) error) error {
	if target, err := filepath.EvalSymlinks(path); err == nil {
		path = target // the link stays one
	}
	release, err := Lock(ctx, filepath.Dir(path))
	if err != nil {
		return fmt.Errorf("lock resolutions: %w", err)
	}
	defer release()
	file, err := Load(path)
	if err != nil {
		return err
	}
	if err := edit(file); err != nil {
		return err
	}
	return file.Save()
}

// Lock holds a folder against other edits of what people share in it, without a file of its
// own: the system lets it go if the process dies.
func Lock(ctx context.Context, dir string) (release func(), err error) {
	folder, err := os.Open(dir)
	if err != nil {
		return nil, err
	}
	for {
		err := syscall.Flock(int(folder.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		if err == nil {
			return func() { _ = folder.Close() }, nil
		}
		if !errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, errors.Join(err, folder.Close())
		}
		select {
		case <-ctx.Done():
			return nil, errors.Join(ctx.Err(), folder.Close())
		case <-time.After(lockPause):
		}
	}
}
