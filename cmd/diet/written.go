package main

import (
	"bufio"
	"cmp"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/diet-project/diet/engine"
	"github.com/diet-project/diet/engine/answer"
)

// usedFile is a file that a command works with.
type usedFile struct {
	what, path string
	blind      bool // it is written without a look at what is there
}

// apart makes sure that no file which a command writes is another one that diet works with: a plan
// would be gone, a mirror or a store broken.
func (e *env) apart() error {
	if name := e.cli.String("out"); e.cli.IsSet("out") && (name == "" || name == fromStdin) {
		return usage("--out %q names no file", name)
	}
	if name := e.previewFile(); name != "" && !replaceable(name) {
		return usage("write preview: %s is there, and is no preview: name another file, or remove it", name)
	}
	all := append(e.writtenFiles(), e.readFiles()...)
	for i, a := range all {
		for _, b := range all[i+1:] {
			if a.blind && a.what != b.what && sameFile(a.path, b.path) {
				return usage("%s is to be written to %s, which is %s: name another file", a.what, a.path, b.what)
			}
		}
	}
	if name := e.decisionLogFile(); name != "" && !isDecisionLog(name) {
		return usage("the decision log %s is there, and is no log of decisions: name another file, or remove it", name)
	}
	return nil
}

// writtenFiles are those that a command adds to or writes.
func (e *env) writtenFiles() []usedFile {
	c := e.cli
	out := []usedFile{
		{"the preview", e.previewFile(), true}, {"the decision log", e.decisionLogFile(), true},
		{"the file of answers", cmp.Or(c.String("resolutions"), e.answersBeside()), c.IsSet("resolutions")},
	}
	switch c.Command.Name {
	case "sandbox":
		out = append(out, usedFile{"the sandbox", c.String("data"), true})
	case "user":
		out = append(out, usedFile{"the file of users", e.users().Path(), true})
	case "import":
		out = append(out, e.importedFiles(c)...)
	}
	store := cmp.Or(c.String("store"), string(e.config.Store))
	if !engine.IsStoreAddress(store) {
		out = append(out, usedFile{"the store", engine.StoreFile(store, e.mirrorPath()), true})
	}
	return append(out, usedFile{"the mirror", e.mirrorPath(), false})
}

// importedFiles are the plan and the map that diet import writes, where flags name them.
func (e *env) importedFiles(c *cli.Context) []usedFile {
	return []usedFile{{"the plan", c.String("out"), true}, {"the map", c.String("map"), true}, {"a plan", c.String("for"), false}}
}

// readFiles are those that diet reads, and may not lose.
func (e *env) readFiles() []usedFile {
	var out []usedFile
	add := func(what string, paths ...string) {
		for _, path := range paths {
			out = append(out, usedFile{what: what, path: path})
		}
	}
	add("the configuration", e.cli.String("config"))
	if e.cli.Command.Name != "import" { // which is asked whether it may write over one
		add("a plan", planPaths(append(texts(e.config.Plans), regularFiles(e.cli.Args().Slice())...))...)
	}
	for _, dir := range e.policyDirs() {
		_ = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
			if err == nil && !d.IsDir() {
				add("one of the policies", path)
			}
			return nil // who loads them says what is wrong with a folder
		})
	}
	add("the key of the policies", e.policyKey())
	tls := e.config.NetBox
	add("a certificate", cmp.Or(e.cli.String("ca"), string(tls.CA)), string(tls.ClientCert), string(tls.ClientKey))
	add("the file of users", string(e.config.Users))
	return out
}

// regularFiles are those among arguments that are files, and no previews: a preview may be written anew.
func regularFiles(args []string) []string {
	var out []string
	for _, arg := range args {
		if info, err := os.Stat(arg); err == nil && info.Mode().IsRegular() && !isCarried(arg) {
			out = append(out, arg)
		}
	}
	return out
}

// answersBeside is the file of answers beside the first plan, as far as the command names one.
func (e *env) answersBeside() string {
	plans := append(regularFiles(e.cli.Args().Slice()), texts(e.config.Plans)...)
	if len(plans) == 0 {
		return ""
	}
	return filepath.Join(filepath.Dir(plans[0]), answer.FileName)
}

// previewFile is the file of --out where that is for a preview.
func (e *env) previewFile() string {
	if e.cli.Command.Name == "import" {
		return ""
	}
	return e.cli.String("out")
}

// decisionLogFile is the file of the decision log; "" for none.
func (e *env) decisionLogFile() string {
	return cmp.Or(e.cli.String("decision-log"), string(e.config.DecisionLog))
}

// isDecisionLog reports whether decisions may be added to a file: it is not there, is empty or no file on a
// disk, or begins with one.
func isDecisionLog(name string) bool {
	info, err := os.Stat(name)
	if err != nil || !info.Mode().IsRegular() || info.Size() == 0 {
		return err == nil && !info.IsDir() || errors.Is(err, fs.ErrNotExist)
	}
	file, err := os.Open(name)
	if err != nil {
		return true // it may be one that may only be written
	}
	defer func() { _ = file.Close() }()
	const longest = 64 << 20
	var first struct {
		ID *string `json:"decision_id"`
	}
	line, err := bufio.NewReader(io.LimitReader(file, longest)).ReadBytes('\n')
	return (err == nil || errors.Is(err, io.EOF)) && json.Unmarshal(line, &first) == nil && first.ID != nil
}

// sameFile reports whether two names are of one file, be it there or not. What is no file on a disk is
// nobody's.
func sameFile(a, b string) bool {
	if a == "" || b == "" {
		return false
	}
	x, errX := os.Stat(a)
	y, errY := os.Stat(b)
	if errX == nil && errY == nil {
		return x.Mode().IsRegular() && os.SameFile(x, y)
	}
	return errX != nil && errY != nil && resolved(a) == resolved(b)
}

// resolved is a name without links, as far as the folder is there.
func resolved(name string) string {
	path, err := filepath.Abs(name)
	if err != nil {
		return name
	}
	dir, err := filepath.EvalSymlinks(filepath.Dir(path))
	if err != nil {
		return path
	}
	return filepath.Join(dir, strings.TrimPrefix(path, filepath.Dir(path)))
}
