package sandbox

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// Open makes the NetBox that a file holds, or an empty one where there is no such file.
func Open(c Config, file string) (*Server, error) {
	in, err := os.Open(file)
	if errors.Is(err, fs.ErrNotExist) {
		return New(c)
	}
	if err != nil {
		return nil, fmt.Errorf("open sandbox: %w", err)
	}
	defer func() { _ = in.Close() }()
	return Load(c, in)
}

// Load makes the NetBox that Save wrote: its objects, its changelog, its users.
func Load(c Config, r io.Reader) (*Server, error) {
	s, err := newServer(c)
	if err != nil {
		return nil, err
	}
	if err := s.state.Load(r); err != nil {
		return nil, err
	}
	s.enrol()
	return s, nil
}

// Save writes all that the NetBox holds.
func (s *Server) Save(w io.Writer) error {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.state.Save(w)
}

func (s *Server) revision() int64 {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.state.Revision()
}

// Keep writes the NetBox to a file: at every interval in which it changed, and once more
// when the context ends. The file is whole at any time.
func (s *Server) Keep(ctx context.Context, file string, every time.Duration) error {
	kept := int64(-1)
	write := func() error {
		now := s.revision()
		if now == kept {
			return nil
		}
		kept = now
		return s.saveFile(file)
	}
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		if err := write(); err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return write()
		case <-tick.C:
		}
	}
}

// saveFile replaces a file at once.
func (s *Server) saveFile(name string) error {
	file, err := os.CreateTemp(filepath.Dir(name), filepath.Base(name)+"-*")
	if err != nil {
		return fmt.Errorf("save sandbox: %w", err)
	}
	err = s.Save(file)
	if e := file.Close(); err == nil {
		err = e
	}
	if err == nil {
		err = os.Rename(file.Name(), name)
	}
	if err != nil {
		_ = os.Remove(file.Name())
		return fmt.Errorf("save sandbox: %w", err)
	}
	return nil
}
