package generate

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Finding is one thing wrong with a plan, and where. Line and Column are from
// 1; both are 0 for a plan that was not read by [Load].
type Finding struct {
	File    string `json:"file,omitempty"`
	Line    int    `json:"line,omitempty"`
	Column  int    `json:"column,omitempty"`
	Path    string `json:"path"`
	Message string `json:"message"`
	Hint    string `json:"hint,omitempty"`
}

// String is file:line:col: path: message (hint).
func (f Finding) String() string {
	var b strings.Builder
	if f.File != "" {
		b.WriteString(f.File + ":")
	}
	if f.Line > 0 {
		fmt.Fprintf(&b, "%d:%d:", f.Line, f.Column)
	}
	if b.Len() > 0 {
		b.WriteByte(' ')
	}
	if f.Path != "" {
		b.WriteString(f.Path + ": ")
	}
	b.WriteString(f.Message)
	if f.Hint != "" {
		b.WriteString(" (" + f.Hint + ")")
	}
	return b.String()
}

// FindingsError is returned by [Load] and [Generate] for a plan that cannot
// be generated. It holds at least one finding, sorted by position.
type FindingsError struct {
	Findings []Finding
}

// Error lists all findings, one a line.
func (e *FindingsError) Error() string {
	lines := make([]string, len(e.Findings))
	for i, f := range e.Findings {
		lines[i] = f.String()
	}
	return strings.Join(lines, "\n")
}

// position is a place in the document, from 1.
type position struct{ line, column int }

// source remembers where a plan came from.
type source struct {
	file    string
	digest  string
	meaning string // a digest of what the text says
	text    []byte
	pos     map[string]position
	partial bool // the shape was wrong: parts are missing
}

// locate finds the position of a path, or of its nearest ancestor.
func (s *source) locate(path string) position {
	for path != "" {
		if p, ok := s.pos[path]; ok {
			return p
		}
		i := strings.LastIndexAny(path, ".[")
		if i < 0 {
			break
		}
		path = path[:i]
	}
	return s.pos[""]
}

// findings collects what is wrong with one plan.
type findings struct {
	src  *source
	list []Finding
	seen map[[2]string]bool

	warnings []Finding // what keeps nobody from generating the plan

	spent int // of maxWords
}

// maxWords bounds the words that all ranges of a plan may expand to.
const maxWords = 1 << 20

// spend takes n words of the plan's bound; the first time they are not there is a finding.
func (fs *findings) spend(path string, n int) bool {
	fs.spent += n
	if fs.spent > maxWords {
		if fs.spent-n <= maxWords {
			fs.add(path, "", "the ranges in the plan expand to more than %d words", maxWords)
		}
		return false
	}
	return true
}

func newFindings(src *source) *findings {
	return &findings{src: src, seen: map[[2]string]bool{}}
}

// add reports a finding at the path's position; a repetition is dropped.
func (fs *findings) add(path, hint, format string, args ...any) {
	fs.addAt(fs.src.locate(path), path, hint, format, args...)
}

func (fs *findings) addAt(p position, path, hint, format string, args ...any) {
	fs.enter(&fs.list, p, path, hint, fmt.Sprintf(format, args...))
}

// warn reports what is probably a mistake; the plan can be generated all the same.
func (fs *findings) warn(path, hint, format string, args ...any) {
	fs.enter(&fs.warnings, fs.src.locate(path), path, hint, fmt.Sprintf(format, args...))
}

func (fs *findings) enter(list *[]Finding, p position, path, hint, message string) {
	if fs.seen[[2]string{path, message}] {
		return
	}
	fs.seen[[2]string{path, message}] = true
	*list = append(*list, Finding{
		File: fs.src.file, Line: p.line, Column: p.column,
		Path: path, Message: message, Hint: hint,
	})
}

// sorted gives the findings by position, then path, then message.
func (fs *findings) sorted() []Finding { return fs.src.byPosition(fs.list) }

func (s *source) byPosition(list []Finding) []Finding {
	slices.SortStableFunc(list, func(a, b Finding) int {
		return cmp.Or(
			cmp.Compare(s.rank(a.File), s.rank(b.File)), cmp.Compare(a.File, b.File),
			cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column),
			cmp.Compare(a.Path, b.Path), cmp.Compare(a.Message, b.Message),
		)
	})
	return list
}

// rank sorts the document's own findings ahead of those of files that it names.
func (s *source) rank(file string) int {
	if file == s.file {
		return 0
	}
	return 1
}

// err is nil, or a [*FindingsError] with all of them.
func (fs *findings) err() error {
	if len(fs.list) == 0 {
		return nil
	}
	return &FindingsError{Findings: fs.sorted()}
}
