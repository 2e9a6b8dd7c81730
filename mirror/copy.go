package mirror

import (
	"errors"
	"fmt"
	"io"
	"os"
)

// wal is what SQLite keeps beside a file, of what is not in it yet.
const wal = "-wal"

// Copy copies an SQLite file, for who may not write what lies beside it. Where another process
// writes it meanwhile, it is copied again.
func Copy(from, to string) error {
	const attempts = 10
	for range attempts {
		before, err := states(from)
		if err != nil {
			return fmt.Errorf("copy %s: %w", from, err)
		}
		if err := errors.Join(copyFile(from, to), copyFile(from+wal, to+wal)); err != nil {
			return fmt.Errorf("copy %s: %w", from, err)
		}
		if after, err := states(from); err == nil && after == before {
			return nil
		}
	}
	return fmt.Errorf("copy %s: it is being written, and may not be opened: try again", from)
}

// states tells whether a file, or what lies beside it, was written.
func states(path string) (out [2]string, err error) {
	for i, name := range []string{path, path + wal} {
		info, err := os.Stat(name)
		switch {
		case err == nil:
			out[i] = fmt.Sprint(info.Size(), info.ModTime().UnixNano())
		case !errors.Is(err, os.ErrNotExist) || i == 0:
			return out, err
		}
	}
	return out, nil
}

// copyFile copies a file; one that is not there is not there then either.
func copyFile(from, to string) error {
	in, err := os.Open(from)
	if errors.Is(err, os.ErrNotExist) {
		if err = os.Remove(to); errors.Is(err, os.ErrNotExist) {
			return nil
		}
		return err
	}
	if err != nil {
		return err
	}
	defer func() { _ = in.Close() }()
	out, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Close())
}
