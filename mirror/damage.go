package mirror

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"modernc.org/sqlite"

	sqlfile "github.com/diet-project/diet/sql"
)

// Result codes of SQLite for files that it cannot read, or write.
const (
	codeCorrupt     = 11
	codeFull        = 13
	codeNoDatabase  = 26
	codeNoSharedMem = 4874 // no room for what processes share beside the file
)

// IsDamaged reports whether SQLite cannot make sense of a file.
func IsDamaged(err error) bool {
	var e *sqlite.Error
	if !errors.As(err, &e) {
		return false
	}
	// A header that asks for a format that never was has no code of its own.
	return e.Code()&0xff == codeCorrupt || e.Code()&0xff == codeNoDatabase || strings.Contains(e.Error(), "unsupported file format")
}

// DamagedError is a mirror that was found to be damaged, and is out of the way by now.
type DamagedError struct {
	Path  string
	Aside string // where it is now; "" if another process has made it anew already
	err   error
}

// Error says what becomes of it.
func (e *DamagedError) Error() string {
	if e.Aside == "" {
		return fmt.Sprintf("the mirror %s was damaged, and is made anew by now: %s", e.Path, e.err)
	}
	return fmt.Sprintf("the mirror %s is damaged, and lies in %s now: %s", e.Path, e.Aside, e.err)
}

// Hint says what to do.
func (e *DamagedError) Hint() string {
	return "the mirror is a copy of NetBox: run `diet sync`, and then the same again"
}

// Unwrap is SQLite's own error.
func (e *DamagedError) Unwrap() error { return e.err }

// SetAside moves a mirror out of the way in which SQLite has found damage: the next one to
// open it makes it anew. Where it is whole, because another process has done so by now, it
// stays. What never was a database of SQLite is somebody's file, and stays too.
func SetAside(ctx context.Context, path string, cause error) error {
	if err := isOurs(path); err != nil {
		return fmt.Errorf("open mirror %s: %w", path, err)
	}
	if whole(ctx, path) {
		return &DamagedError{Path: path, err: cause}
	}
	aside := path + ".damaged"
	for _, suffix := range []string{"-wal", "-shm", ""} {
		if err := os.Rename(path+suffix, aside+suffix); err != nil && !errors.Is(err, os.ErrNotExist) {
			return errors.Join(cause, fmt.Errorf("set mirror aside: %w", err))
		}
	}
	return &DamagedError{Path: path, Aside: aside, err: cause}
}

// StrangerError is a file in place of a mirror that does not begin as SQLite's do: it may be
// anybody's, and is left alone.
type StrangerError struct {
	Path     string
	Database bool // of SQLite it is, but with tables that are not a mirror's
}

// Error names the file.
func (e *StrangerError) Error() string {
	if e.Database {
		return e.Path + " is a database, and no mirror: it may be a store, or somebody's"
	}
	return e.Path + " is not an SQLite database"
}

// Hint says what to do.
func (e *StrangerError) Hint() string {
	return fmt.Sprintf("if it was the mirror, delete it and run `diet sync`, which reads all from NetBox anew; "+
		"if it is something else, name another file with --mirror: diet does not touch %s", e.Path)
}

// whole reports whether SQLite finds nothing wrong with a file.
func whole(ctx context.Context, path string) bool {
	db, err := connect(ctx, path, readable, anew)
	if err != nil {
		return false
	}
	defer func() { _ = db.Close() }()
	said, err := pick[string](ctx, db, sqlfile.Standard().Get("query/integrity"))
	return err == nil && len(said) == 1 && said[0] == "ok"
}

// FullError is a file for which no room is left.
type FullError struct {
	Path string
	err  error
}

// Full is the error of a file for which no room is left, and any other error as it is.
func Full(path string, err error) error {
	var e *sqlite.Error
	var known *FullError
	if errors.As(err, &known) || !errors.As(err, &e) || e.Code()&0xff != codeFull && e.Code() != codeNoSharedMem {
		return err
	}
	return &FullError{path, err}
}

// Error names the file.
func (e *FullError) Error() string { return fmt.Sprintf("no room is left for %s: %s", e.Path, e.err) }

// Hint says what to do.
func (e *FullError) Hint() string {
	return "nothing of it was written by halves: make room on the disk, and run the same again"
}

// Unwrap is SQLite's own error.
func (e *FullError) Unwrap() error { return e.err }
