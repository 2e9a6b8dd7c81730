package mirror

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// Names of scratch folders: one that is being made, and one whose process holds it, by a lock on
// a file in there. The folder itself is left to those who work in it: answers lock that of their plan.
const (
	scratchMade = "diet-made-"
	scratchHeld = "diet-scratch-"
	scratchLock = ".held"
)

// Scratch makes a folder for files that nobody needs once the process has ended, and returns what
// removes it. The process locks it, and the system lets go of it however the process ends: so
// whoever makes the next one removes those of processes that were killed.
func Scratch() (dir string, remove func() error, err error) {
	sweepScratch(os.TempDir())
	made, err := os.MkdirTemp("", scratchMade)
	if err != nil {
		return "", nil, fmt.Errorf("make a temporary folder: %w", err)
	}
	held, err := os.OpenFile(filepath.Join(made, scratchLock), os.O_CREATE|os.O_RDWR, 0o600)
	if err == nil {
		_ = lockScratch(held) // a file system that locks nothing lets nobody else sweep either
		dir = filepath.Join(filepath.Dir(made), scratchHeld+strings.TrimPrefix(filepath.Base(made), scratchMade))
		err = os.Rename(made, dir) // from now on others see it, and that it is held
	}
	if err != nil {
		return "", nil, errors.Join(fmt.Errorf("make a temporary folder: %w", err), os.RemoveAll(made))
	}
	return dir, func() error { return errors.Join(os.RemoveAll(dir), held.Close()) }, nil
}

// sweepScratch removes the scratch folders that no process holds any more. What it may not remove
// is somebody else's, and stays.
func sweepScratch(in string) {
	names, _ := filepath.Glob(filepath.Join(in, scratchHeld+"*"))
	for _, name := range names {
		held, err := os.OpenFile(filepath.Join(name, scratchLock), os.O_RDWR, 0)
		if errors.Is(err, fs.ErrNotExist) {
			_ = os.RemoveAll(name) // it was being removed
			continue
		}
		if err != nil {
			continue
		}
		if lockScratch(held) == nil {
			_ = os.RemoveAll(name)
		}
		_ = held.Close()
	}
}

// lockScratch locks the file of a scratch folder, unless somebody else has.
func lockScratch(held *os.File) error {
	return syscall.Flock(int(held.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
}
