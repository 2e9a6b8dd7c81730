package mirror

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// Names of scratch folders: one that is being made, and one whose process holds it.
const (
	scratchMade = "diet-made-"
	scratchHeld = "diet-scratch-"
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
	held, err := os.Open(made)
	if err == nil {
		_ = lockFolder(held) // a file system that locks nothing lets nobody else sweep either
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
		folder, err := os.Open(name)
		if err != nil {
			continue
		}
		if lockFolder(folder) == nil {
			_ = os.RemoveAll(name)
		}
		_ = folder.Close()
	}
}

// lockFolder locks an open folder, unless somebody else has.
func lockFolder(folder *os.File) error {
	return syscall.Flock(int(folder.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
}
