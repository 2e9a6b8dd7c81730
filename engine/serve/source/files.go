package source

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

// How much a commit may hold: more is no repository of plans.
const (
	mostFiles = 100_000
	mostBytes = 1 << 30
)

// file is a file of a commit.
type file struct {
	mode, blob, name string
	size             int64
}

// lead writes the files of a commit to a new folder, and has the name lead there.
func (s *Source) lead(ctx context.Context, commit string) error {
	at := filepath.Join(s.cfg.Dir, "at")
	if err := os.MkdirAll(at, 0o700); err != nil {
		return fmt.Errorf("write files: %w", err)
	}
	half, err := os.MkdirTemp(at, ".half-")
	if err != nil {
		return fmt.Errorf("write files: %w", err)
	}
	whole := filepath.Join(at, commit+"-"+strings.TrimPrefix(filepath.Base(half), ".half-"))
	err = s.write(ctx, commit, half)
	if err == nil {
		err = s.addKept(half)
	}
	if err == nil {
		err = os.Rename(half, whole)
	}
	if err == nil {
		err = s.turn(whole)
	}
	if err != nil {
		return errors.Join(err, os.RemoveAll(half))
	}
	s.tidy(at, whole)
	return nil
}

// turn has the name lead to a folder, in one step.
func (s *Source) turn(whole string) error {
	next := s.now() + ".next"
	_ = os.Remove(next) // what was left by one that was killed
	to, err := filepath.Rel(s.cfg.Dir, whole)
	if err == nil {
		err = os.Symlink(to, next)
	}
	if err == nil {
		err = os.Rename(next, s.now())
	}
	if err != nil {
		return fmt.Errorf("write files: %w", err)
	}
	return nil
}

// former is how many folders of former commits stay: somebody may be reading them.
const former = 2

// tidy removes folders that nobody reads any more. Those that stay do no harm.
func (s *Source) tidy(at, whole string) {
	entries, _ := os.ReadDir(at)
	type old struct {
		path string
		at   time.Time
	}
	var others []old
	for _, entry := range entries {
		name := filepath.Join(at, entry.Name())
		info, err := entry.Info()
		switch {
		case err != nil || name == whole:
		case strings.HasPrefix(entry.Name(), ".half-"):
			_ = os.RemoveAll(name)
		default:
			others = append(others, old{name, info.ModTime()})
		}
	}
	slices.SortFunc(others, func(a, b old) int { return b.at.Compare(a.at) })
	for i, o := range others {
		if i >= former {
			_ = os.RemoveAll(o.path)
		}
	}
}

// write writes the files of a commit.
func (s *Source) write(ctx context.Context, commit, folder string) error {
	files, err := s.list(ctx, commit)
	if err != nil {
		return err
	}
	var ask bytes.Buffer
	for _, f := range files {
		ask.WriteString(f.blob + "\n")
	}
	in, out := io.Pipe()
	ended := make(chan error, 1)
	go func() {
		err := s.run(ctx, call{}, &ask, out, "cat-file", "--batch")
		_ = out.CloseWithError(err) // io.EOF where it is nil
		ended <- err
	}()
	err = put(bufio.NewReader(in), folder, files)
	_ = in.CloseWithError(err) // what is not read any more ends git
	return errors.Join(err, <-ended)
}

// list lists the files of a commit.
func (s *Source) list(ctx context.Context, commit string) ([]file, error) {
	text, err := s.git(ctx, call{}, "ls-tree", "-r", "-l", "-z", "--full-tree", commit)
	if err != nil {
		return nil, err
	}
	var out []file
	var total int64
	for entry := range strings.SplitSeq(strings.TrimSuffix(string(text), "\x00"), "\x00") {
		head, name, _ := strings.Cut(entry, "\t")
		words := strings.Fields(head) // mode, type, id, size
		if len(words) != 4 || words[1] != "blob" || !filepath.IsLocal(name) {
			continue // a submodule, or nothing
		}
		size, err := strconv.ParseInt(words[3], 10, 64)
		if err != nil {
			return nil, fmt.Errorf("read files of %s: %w", commit, err)
		}
		out, total = append(out, file{words[0], words[2], name, size}), total+size
	}
	if len(out) > mostFiles || total > mostBytes {
		return nil, fmt.Errorf("it holds %d files of %d bytes in all, and more than %d, or %d bytes, are not pulled",
			len(out), total, mostFiles, mostBytes)
	}
	return out, nil
}

// put writes files, as git hands them out.
func put(in *bufio.Reader, folder string, files []file) error {
	for _, f := range files {
		said, err := in.ReadString('\n')
		if err != nil || said != fmt.Sprintf("%s blob %d\n", f.blob, f.size) {
			return fmt.Errorf("read %s: git says %q: %w", f.name, strings.TrimSpace(said), cmp.Or(err, io.ErrUnexpectedEOF))
		}
		name := filepath.Join(folder, filepath.FromSlash(f.name))
		if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
			return fmt.Errorf("write files: %w", err)
		}
		text := io.LimitReader(in, f.size)
		err = f.put(name, text)
		if err == nil {
			_, err = in.Discard(1) // a line end
		}
		if err != nil {
			return fmt.Errorf("write %s: %w", f.name, err)
		}
	}
	return nil
}

// put writes one file. Its time comes from what it holds: so a plan that a commit leaves as it
// was has not changed.
func (f *file) put(name string, in io.Reader) error {
	if f.mode == "120000" {
		text, err := io.ReadAll(in)
		if err != nil || !f.inside(string(text)) {
			return err
		}
		return os.Symlink(string(text), name)
	}
	out, err := os.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	n, err := io.Copy(out, in)
	if err == nil && n != f.size {
		err = io.ErrUnexpectedEOF
	}
	if err = errors.Join(err, out.Sync(), out.Close()); err != nil {
		return err
	}
	seconds, _ := strconv.ParseInt(f.blob[:7], 16, 64) // of 28 bits: within 1970 and 1978
	return os.Chtimes(name, time.Time{}, time.Unix(seconds, 0))
}

// inside reports whether a link leads to something of the repository: up first, then down. One
// that goes up again could leave by way of another link.
func (f *file) inside(target string) bool {
	return target != "" && path.Clean(target) == target && !path.IsAbs(target) && filepath.IsLocal(path.Join(path.Dir(f.name), target))
}
