package source

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/diet-project/diet/engine/answer"
)

// Has reports whether a file is one of the source, by the name that leads to it.
func (s *Source) Has(name string) bool {
	_, ours := s.relative(name)
	return ours
}

// relative is the path of a file in the repository.
func (s *Source) relative(name string) (string, bool) {
	rel, err := filepath.Rel(s.now(), name)
	return filepath.ToSlash(rel), err == nil && filepath.IsLocal(rel)
}

// Committed is what the branch has of a file, "" for one that it does not have.
func (s *Source) Committed(ctx context.Context, name string) string {
	rel, ours := s.relative(name)
	if !ours || s.Commit() == "" {
		return ""
	}
	text, err := s.git(ctx, call{}, "cat-file", "blob", s.Commit()+":"+rel)
	if err != nil {
		return ""
	}
	return string(text)
}

// Answer adds what a person answered to a file: to the branch, or to what is kept here.
func (s *Source) Answer(ctx context.Context, name string, given []answer.Answer) error {
	rel, ours := s.relative(name)
	if !ours || len(given) == 0 {
		return fmt.Errorf("answer: %s is no file of %s", name, s.cfg.Name)
	}
	s.work.Lock()
	defer s.work.Unlock()
	return s.alone(ctx, func() error {
		if s.cfg.Push {
			return s.commit(ctx, rel, given)
		}
		return s.keep(ctx, rel, given)
	})
}

// keep notes answers that somebody has yet to bring to the branch.
func (s *Source) keep(ctx context.Context, rel string, given []answer.Answer) error {
	there, err := answer.Load(filepath.Join(s.now(), filepath.FromSlash(rel)))
	if err == nil {
		err = there.Meanwhile(given)
	}
	if err != nil {
		return err
	}
	for _, folder := range []string{s.kept(), s.now()} {
		name := filepath.Join(folder, filepath.FromSlash(rel))
		if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
			return fmt.Errorf("keep answers: %w", err)
		}
		if err := answer.Edit(ctx, name, func(f *answer.File) error { return f.PutAll(given) }); err != nil {
			return err
		}
	}
	return nil
}

// kept is the folder of answers that the branch does not have yet.
func (s *Source) kept() string { return filepath.Join(s.cfg.Dir, "answers") }

// addKept adds what the branch does not have yet to the files of a commit. What it has by now, or
// what somebody answered there later, is kept no longer.
func (s *Source) addKept(folder string) error {
	err := filepath.WalkDir(s.kept(), func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasPrefix(d.Name(), ".") {
			return err
		}
		rel, err := filepath.Rel(s.kept(), name)
		if err != nil {
			return err
		}
		return merge(name, filepath.Join(folder, rel))
	})
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// merge adds the answers of a file to another one, and leaves in it those that it took.
func merge(from, to string) error {
	kept, err := answer.Load(from)
	if err != nil {
		return err
	}
	into, err := answer.Load(to)
	if err != nil {
		return err
	}
	var left []answer.Answer
	for _, a := range kept.Answers {
		if there := into.Find(a); there == nil || there.When < a.When && !there.Same(a) {
			left = append(left, a)
		}
	}
	if len(left) == 0 {
		return os.Remove(from)
	}
	if len(left) < len(kept.Answers) {
		rest := &answer.File{Path: from}
		if err := errors.Join(rest.PutAll(left), rest.Save()); err != nil {
			return err
		}
	}
	if err := os.MkdirAll(filepath.Dir(to), 0o700); err != nil {
		return err
	}
	return errors.Join(into.PutAll(left), into.Save())
}

// tries is how often answers are brought to a branch that others push to meanwhile.
const tries = 5

// PushError is an answer that did not get to the branch: it counts nowhere.
type PushError struct {
	Source string
	err    error
}

func (e *PushError) Error() string {
	return fmt.Sprintf("the answer was not written: it could not be pushed to %s: %v", e.Source, e.err)
}

// Unwrap is what git said.
func (e *PushError) Unwrap() error { return e.err }

// commit brings answers to the branch. Where others have pushed meanwhile, what they have is
// fetched, and the answers are added to that.
func (s *Source) commit(ctx context.Context, rel string, given []answer.Answer) error {
	seen, err := answer.Load(filepath.Join(s.now(), filepath.FromSlash(rel)))
	if err != nil {
		return err
	}
	for range tries {
		tip, err := s.fetch(ctx)
		if err != nil {
			return &PushError{s.cfg.Name, err}
		}
		made, err := s.made(ctx, tip, rel, seen, given)
		if err != nil {
			return err
		}
		if made == tip { // it has them already
			return s.lead(ctx, tip)
		}
		_, failed := s.git(ctx, call{}, "push", "--quiet", "--porcelain", "--", s.cfg.URL, made+":refs/heads/"+s.cfg.Branch)
		if failed == nil {
			return s.lead(ctx, made)
		}
		next, err := s.fetch(ctx)
		switch {
		case err != nil:
			return &PushError{s.cfg.Name, errors.Join(failed, err)}
		case next == made: // it got there, only the answer was lost
			return s.lead(ctx, made)
		case next == tip:
			return &PushError{s.cfg.Name, failed}
		}
	}
	return &PushError{s.cfg.Name, fmt.Errorf("others pushed first, %d times in a row", tries)}
}

// made makes a commit of answers on top of another one, or returns that where it has them.
func (s *Source) made(ctx context.Context, tip, rel string, seen *answer.File, given []answer.Answer) (string, error) {
	text, err := s.git(ctx, call{}, "ls-tree", "-z", tip, "--", rel)
	if err == nil && len(text) > 0 {
		text, err = s.git(ctx, call{}, "cat-file", "blob", tip+":"+rel)
	}
	if err != nil {
		return "", err
	}
	there, err := answer.Read(rel, text)
	if err != nil {
		return "", err
	}
	news := false
	for _, a := range given {
		now := there.Find(a)
		if now != nil && !now.Same(a) && !now.Same(orNone(seen.Find(a))) {
			return "", &answer.MeanwhileError{There: *now}
		}
		news = news || !orNone(now).Equal(a) || len(there.Replaced(a)) > 1
	}
	if !news {
		return tip, nil
	}
	err = there.PutAll(given)
	if err == nil {
		text, err = there.Text()
	}
	if err != nil {
		return "", err
	}
	return s.grow(ctx, tip, rel, text, given)
}

func orNone(a *answer.Answer) answer.Answer {
	if a == nil {
		return answer.Answer{}
	}
	return *a
}

// grow makes a commit that has another text of a file.
func (s *Source) grow(ctx context.Context, tip, rel string, text []byte, given []answer.Answer) (string, error) {
	index, err := os.MkdirTemp(s.cfg.Dir, ".index-")
	if err != nil {
		return "", err
	}
	defer func() { _ = os.RemoveAll(index) }()
	c := call{index: filepath.Join(index, "index")}
	blob, err := s.line(ctx, call{in: text}, "hash-object", "-w", "--stdin")
	if err != nil {
		return "", err
	}
	if _, err := s.git(ctx, c, "read-tree", tip); err != nil {
		return "", err
	}
	if _, err := s.git(ctx, c, "update-index", "--add", "--cacheinfo", "100644,"+blob+","+rel); err != nil {
		return "", err
	}
	tree, err := s.line(ctx, c, "write-tree")
	if err != nil {
		return "", err
	}
	when := "@" + strconv.FormatInt(s.cfg.Now().Unix(), 10) + " +0000"
	who := given[0].Who
	c.in, c.env = []byte(message(given)), []string{
		"GIT_AUTHOR_NAME=" + who, "GIT_AUTHOR_EMAIL=" + s.mail(who), "GIT_AUTHOR_DATE=" + when,
		"GIT_COMMITTER_NAME=diet serve", "GIT_COMMITTER_EMAIL=diet@" + s.cfg.Mail, "GIT_COMMITTER_DATE=" + when,
	}
	return s.line(ctx, c, "commit-tree", tree, "-p", tip)
}

// mail is the address of a person.
func (s *Source) mail(who string) string {
	if strings.Contains(who, "@") {
		return strings.ReplaceAll(who, " ", "")
	}
	return strings.ReplaceAll(who, " ", ".") + "@" + s.cfg.Mail
}

// message is that of a commit of answers.
func message(given []answer.Answer) string {
	a := given[0]
	title := fmt.Sprintf("Answer %s: %s", a.Plan, a.Answer)
	if len(given) > 1 {
		title = fmt.Sprintf("Give %d answers about %s", len(given), a.Plan)
	}
	var out strings.Builder
	out.WriteString(title + "\n\n")
	for _, a := range given {
		about := a.Object
		if about == "" {
			about = a.About
		}
		fmt.Fprintf(&out, "%s: %s\n", oneLine(about+" "+a.Field), a.Answer)
	}
	fmt.Fprintf(&out, "\n%s\n", oneLine(a.Why))
	return out.String()
}

func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }
