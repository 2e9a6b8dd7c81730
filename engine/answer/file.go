package answer

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"syscall"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/diet-project/diet/engine/call"
	"github.com/diet-project/diet/generate"
)

// FileName is that of the answers beside a plan.
const FileName = "resolutions.yaml"

// File is a resolutions.yaml as people keep it: what diet adds leaves their comments and
// their order alone.
type File struct {
	Path    string
	Answers []Answer

	text []byte
	root *yaml.Node // nil where the file holds no answers yet
}

// Error is everything wrong with a file: one line per finding, with its place.
type Error struct{ err error }

func (e *Error) Error() string { return e.err.Error() }

// Unwrap is the [*generate.FindingsError].
func (e *Error) Unwrap() error { return e.err }

// Hint says the way out.
func (e *Error) Hint() string {
	return "diet resolve writes answers with all that they need; `diet resolve --schema` prints a schema for editors"
}

// WriteError is a file of answers that cannot be written: nothing was.
type WriteError struct {
	Path string
	Err  error // why
}

func (e *WriteError) Error() string {
	why := e.Err
	if at := (*fs.PathError)(nil); errors.As(why, &at) {
		why = at.Err // of a file that nobody knows
	}
	return fmt.Sprintf("write resolutions: %s cannot be written: %v", e.Path, why)
}

// Unwrap is why.
func (e *WriteError) Unwrap() error { return e.Err }

// Hint says the way out.
func (e *WriteError) Hint() string {
	if !errors.Is(e.Err, fs.ErrPermission) && !errors.Is(e.Err, syscall.EROFS) {
		return ""
	}
	return "answers are kept beside the plan: let the user who runs it write to that folder " +
		"(of a systemd unit, ReadWritePaths= too), or have the plans pulled from git, and the answers pushed"
}

// Load reads a file; one that does not exist holds no answers. One that is wrong is an
// [*Error].
func Load(path string) (*File, error) {
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return &File{Path: path}, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read resolutions: %w", err)
	}
	return Read(path, text)
}

// Read is Load for the text of a file.
func Read(path string, text []byte) (*File, error) {
	f := &File{Path: path, text: text}
	var doc Document
	if err := generate.Decode("file of answers", path, text, &doc); err != nil {
		return nil, &Error{err}
	}
	f.Answers = doc.Answers
	var root yaml.Node
	if err := yaml.Unmarshal(text, &root); err != nil {
		return nil, fmt.Errorf("read resolutions: %w", err)
	}
	if root.Kind != 0 {
		f.root = &root
	}
	for i := range f.Answers {
		f.Answers[i].place = fmt.Sprintf("%s:%d", filepath.Base(path), f.entry(i).Line)
	}
	return f, f.check()
}

// Complete makes sure that each answer of a plan says to which situation it was given: else it is an
// [*Error] that names the place, and the command that gives the answer.
func (f *File) Complete(as call.Flags, plan, planFile string) error {
	var found []generate.Finding
	for i := range f.Answers {
		a := &f.Answers[i]
		if a.Situation != "" || a.Plan != plan {
			continue
		}
		n := f.entry(i)
		found = append(found, generate.Finding{
			File: f.Path, Line: n.Line, Column: n.Column, Path: fmt.Sprintf("answers[%d].situation", i),
			Message: `"situation" is missing: what it was that was answered, which diet writes`, Hint: a.Command(as, planFile, a.Why),
		})
	}
	if found != nil {
		return &Error{&generate.FindingsError{Findings: found}}
	}
	return nil
}

// check finds what the types do not say.
func (f *File) check() error {
	var found []generate.Finding
	for i := range f.Answers {
		a := &f.Answers[i]
		at := func(key, hint, format string, args ...any) {
			n := f.entry(i)
			if v := valueOf(n, key); v != nil {
				n = v
			}
			found = append(found, generate.Finding{
				File: f.Path, Line: n.Line, Column: n.Column, Path: fmt.Sprintf("answers[%d].%s", i, key),
				Message: fmt.Sprintf(format, args...), Hint: hint,
			})
		}
		for key, text := range map[string]string{"when": a.When, "expires": a.Expires, "edited": a.Edited} {
			if _, err := time.Parse(time.RFC3339, text); err != nil && text != "" {
				at(key, "write it as 2026-11-26T18:00:00Z", "%q is no time", text)
			}
		}
		switch {
		case (a.Object == "") == (a.Question == ""):
			at("object", "state one of them", "an answer is about an object or about a question")
		case a.NetBox != "" && (a.Object == "" || a.Field != "" || !a.Adopts()):
			at("netbox", "leave it out of other answers", "what an existing object is goes with adopt of an object")
		case a.Name != "" && a.NetBox == "":
			at("name", "it goes with netbox", "whose name an object has is said by an entry of a map")
		case a.Field != "" && a.Object == "":
			at("field", "a question says itself what it is about", "a field needs an object")
		}
	}
	if found != nil {
		return &Error{&generate.FindingsError{Findings: found}}
	}
	return nil
}

// Put adds an answer, in the place of earlier ones to the same thing.
func (f *File) Put(a Answer) error {
	n := nodeOf(a)
	list, err := f.list()
	if err != nil {
		return err
	}
	put := false
	answers, nodes := f.Answers[:0:0], list.Content[:0:0]
	for i := range f.Answers {
		was, node := f.Answers[i], list.Content[i]
		switch {
		case !a.replaces(&was):
		case put:
			continue
		default:
			put = true
			keepComments(n, node)
			was, node = a, n
		}
		answers, nodes = append(answers, was), append(nodes, node)
	}
	if !put {
		answers, nodes = append(answers, a), append(nodes, n)
	}
	f.Answers, list.Content = answers, nodes
	return nil
}

// PutAll adds many answers, all or none: those to the same things are replaced, unless somebody gave
// them meanwhile, see [See].
func (f *File) PutAll(list []Answer) error {
	if err := f.Meanwhile(list); err != nil {
		return err
	}
	have := map[about]bool{}
	for i := range f.Answers {
		have[f.Answers[i].about()] = true
	}
	nodes, err := f.list()
	if err != nil {
		return err
	}
	for _, a := range list {
		if have[a.about()] || len(a.instead) > 0 {
			if err := f.Put(a); err != nil {
				return err
			}
			have[a.about()] = true
			continue
		}
		have[a.about()] = true
		f.Answers, nodes.Content = append(f.Answers, a), append(nodes.Content, nodeOf(a))
	}
	return nil
}

// Find is the answer to the same thing as another one, nil if there is none.
func (f *File) Find(a Answer) *Answer {
	if list := f.Replaced(a); len(list) > 0 {
		return list[0]
	}
	return nil
}

// Replaced are the answers whose place another one takes.
func (f *File) Replaced(a Answer) []*Answer {
	var out []*Answer
	for i := range f.Answers {
		if a.replaces(&f.Answers[i]) {
			out = append(out, &f.Answers[i])
		}
	}
	return out
}

// Text is the file as it would be written.
func (f *File) Text() ([]byte, error) {
	var out bytes.Buffer
	if f.root.Line == 0 {
		out.Write(f.text) // comments only, or nothing
	}
	if err := generate.EncodeYAML(&out, f.root); err != nil {
		return nil, fmt.Errorf("write resolutions: %w", err)
	}
	return out.Bytes(), nil
}

// Save writes the file in one step.
func (f *File) Save() error {
	out, err := f.Text()
	if err != nil {
		return err
	}
	temp, err := os.CreateTemp(filepath.Dir(f.Path), ".resolutions-*")
	if err != nil {
		return &WriteError{f.Path, err}
	}
	_, err = temp.Write(out)
	err = errors.Join(err, temp.Chmod(f.mode()), temp.Close())
	if err == nil {
		err = os.Rename(temp.Name(), f.Path)
	}
	if err != nil {
		return &WriteError{f.Path, errors.Join(err, os.Remove(temp.Name()))}
	}
	return nil
}

// mode is that of the file; people read and review it.
func (f *File) mode() fs.FileMode {
	if info, err := os.Stat(f.Path); err == nil {
		return info.Mode().Perm()
	}
	return 0o644
}

// list is the sequence of answers, made where it is not there yet.
func (f *File) list() (*yaml.Node, error) {
	if f.root == nil {
		f.root = &yaml.Node{Kind: yaml.DocumentNode, Content: []*yaml.Node{{Kind: yaml.MappingNode}}}
	}
	top := f.root.Content[0]
	if top.Kind == yaml.ScalarNode { // a document of nothing but null
		*top = yaml.Node{Kind: yaml.MappingNode}
	}
	list := valueOf(top, "answers")
	if list == nil {
		list = &yaml.Node{Kind: yaml.SequenceNode}
		top.Content = append(top.Content, &yaml.Node{Kind: yaml.ScalarNode, Value: "answers"}, list)
	}
	if list.Kind == yaml.ScalarNode {
		list.Kind, list.Tag, list.Value = yaml.SequenceNode, "", ""
	}
	if len(list.Content) != len(f.Answers) {
		return nil, fmt.Errorf("write resolutions: %s holds %d answers, %d were read", f.Path, len(list.Content), len(f.Answers))
	}
	return list, nil
}

// entry is the node of an answer that was read.
func (f *File) entry(i int) *yaml.Node { return valueOf(f.root.Content[0], "answers").Content[i] }

// valueOf is the node under a key of a mapping; nil for none.
func valueOf(n *yaml.Node, key string) *yaml.Node {
	for i := 0; i+1 < len(n.Content) && n.Kind == yaml.MappingNode; i += 2 {
		if n.Content[i].Value == key {
			return n.Content[i+1]
		}
	}
	return nil
}

// nodeOf is an answer as the file has it: a key a line, what is empty left out.
func nodeOf(a Answer) *yaml.Node {
	n := &yaml.Node{Kind: yaml.MappingNode}
	v := reflect.ValueOf(a)
	for i := range v.NumField() {
		if !v.Type().Field(i).IsExported() || v.Field(i).IsZero() {
			continue
		}
		name, _, _ := strings.Cut(v.Type().Field(i).Tag.Get("json"), ",")
		value := &yaml.Node{}
		_ = value.Encode(v.Field(i).Interface()) // of texts: cannot fail
		n.Content = append(n.Content, &yaml.Node{Kind: yaml.ScalarNode, Value: name}, value)
	}
	return n
}

// keepComments moves what people wrote beside an answer to the one in its place.
func keepComments(n, was *yaml.Node) {
	n.HeadComment, n.LineComment, n.FootComment = was.HeadComment, was.LineComment, was.FootComment
	for i := 0; i+1 < len(was.Content); i += 2 {
		for j := 0; j+1 < len(n.Content); j += 2 {
			if n.Content[j].Value == was.Content[i].Value {
				for k := range 2 {
					to, from := n.Content[j+k], was.Content[i+k]
					to.HeadComment, to.LineComment, to.FootComment = from.HeadComment, from.LineComment, from.FootComment
				}
			}
		}
	}
}
