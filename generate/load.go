package generate

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// maxDocument is the size of the largest plan that is read, in bytes.
const maxDocument = 1 << 20

// maxList is the size of the largest other document: people's answers may be many.
const maxList = 64 << 20

// Load reads a plan. The file is only a name, for findings and [Plan.Info].
// The error is a [*FindingsError] with everything that is wrong: syntax,
// keys that are unknown, missing or given twice, values of the wrong type,
// aliases. A plan of the wrong shape is checked as far as it goes, so that its
// other findings are in the error too. What is wrong with a plan of the right
// shape, [Check] and [Generate] say.
func Load(file string, data []byte) (*Plan, error) {
	sum := sha256.Sum256(data)
	plan := &Plan{src: source{file: file, digest: hex.EncodeToString(sum[:]), text: data, pos: map[string]position{}}}
	fs := newFindings(&plan.src)
	root := parseDocument(fs, data, planLanguage)
	if root == nil {
		return nil, fs.err()
	}
	d := &decoder{fs: fs, pos: plan.src.pos}
	d.walk(root)
	d.decode(root, plan)
	plan.src.meaning = meaningOf(root)
	if shape := len(fs.list); shape > 0 {
		plan.src.partial = true
		for _, f := range Check(plan).Findings {
			if !follows(f.Path, fs.list[:shape]) {
				fs.addAt(position{f.Line, f.Column}, f.Path, f.Hint, "%s", f.Message)
			}
		}
		return nil, fs.err()
	}
	return plan, nil
}

// follows tells whether a finding is about what another one is about already:
// the same path, a part of it, or what it is a part of.
func follows(path string, others []Finding) bool {
	for _, o := range others {
		if o.Path != "" && (o.Path == path || strings.HasPrefix(path, o.Path+".") || strings.HasPrefix(o.Path, path+".")) {
			return true
		}
	}
	return false
}

// Decode reads another YAML document as strictly as a plan: into a struct, by its
// json and jsonschema tags. What is wrong with the document is a [*FindingsError],
// all at once, each with its place and, for an unknown key, with the nearest known
// one. what names the document in messages. An empty document leaves into as it is.
func Decode(what, file string, data []byte, into any) error {
	_, err := DecodePlaced(what, file, data, into)
	return err
}

// DecodePlaced is Decode, and also returns a function that says where a path of the
// document stands: file, line, column and the path. One that does not stand there is where it
// would be.
func DecodePlaced(what, file string, data []byte, into any) (place func(path string) string, err error) {
	src := source{file: file, pos: map[string]position{}}
	fs := newFindings(&src)
	if root := parseDocument(fs, data, language{name: what, mayBeEmpty: true, most: maxList}); root != nil {
		d := &decoder{fs: fs, pos: src.pos}
		d.walk(root)
		d.decode(root, into)
	}
	place = func(path string) string {
		p := src.near(path)
		return fmt.Sprintf("%s:%d:%d: %s", file, p.line, p.column, path)
	}
	return place, fs.err()
}

// near is where a path stands, or what it would be a part of.
func (s *source) near(path string) position {
	for path != "" {
		if p, stands := s.pos[path]; stands {
			return p
		}
		path = path[:max(0, strings.LastIndexAny(path, ".["))]
	}
	return position{1, 1}
}

// language is what a document is written in, for messages.
type language struct {
	name       string
	start      string // how a document starts
	mayBeEmpty bool
	most       int // bytes, 0 for those of a plan
}

var planLanguage = language{name: "plan", start: "start with apiVersion: diet/v1alpha1"}

// parseDocument gives the root of the one document, or nil: after a finding, or for
// an empty one.
func parseDocument(fs *findings, data []byte, lang language) *yaml.Node {
	start := position{1, 1}
	if most := cmp.Or(lang.most, maxDocument); len(data) > most {
		fs.addAt(start, "", "", "the %s is larger than %d bytes", lang.name, most)
		return nil
	}
	if !utf8.Valid(data) {
		fs.addAt(start, "", "", "the %s is not UTF-8 text", lang.name)
		return nil
	}
	dec := yaml.NewDecoder(bytes.NewReader(data))
	var doc, second yaml.Node
	if err := dec.Decode(&doc); errors.Is(err, io.EOF) {
		if !lang.mayBeEmpty {
			fs.addAt(start, "", lang.start, "the document is empty")
		}
		return nil
	} else if err != nil {
		fs.addAt(syntaxPosition(err), "", "", "%v", err)
		return nil
	}
	if err := dec.Decode(&second); err == nil {
		fs.addAt(position{second.Line, second.Column}, "", "one file holds one "+lang.name, "there is a second document")
		return nil
	} else if !errors.Is(err, io.EOF) {
		fs.addAt(syntaxPosition(err), "", "", "%v", err)
		return nil
	}
	return doc.Content[0]
}

var syntaxLine = regexp.MustCompile(`line (\d+)`)

// syntaxPosition finds the line in an error of the YAML parser.
func syntaxPosition(err error) position {
	if m := syntaxLine.FindStringSubmatch(err.Error()); m != nil {
		if n, err := strconv.Atoi(m[1]); err == nil {
			return position{n, 1}
		}
	}
	return position{1, 1}
}

// Info is what the rest of diet needs to know of the plan, with the defaults
// of spec.reconcile filled in.
func (p *Plan) Info() PlanInfo {
	return PlanInfo{
		Key:       p.Metadata.Name,
		UID:       p.Metadata.UID,
		File:      p.src.file,
		Site:      p.Spec.Site.Slug,
		Digest:    p.digest(p.src.digest),
		Meaning:   p.digest(p.src.meaning),
		Removed:   p.removed(),
		Labels:    p.Metadata.Labels,
		Reconcile: p.Spec.Reconcile.reconcile(),
	}
}

// Text is the document that the plan was read from.
func (p *Plan) Text() string { return string(p.src.text) }

// Imports reports whether the plan needs other files.
func (p *Plan) Imports() bool { return len(p.Spec.Catalog.Import) > 0 }

// String is the plan's key and file, for messages.
func (p *Plan) String() string {
	return fmt.Sprintf("plan %q (%s)", p.Metadata.Name, p.src.file)
}
