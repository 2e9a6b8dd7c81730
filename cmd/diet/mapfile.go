package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/diet-project/diet/engine"
	"github.com/diet-project/diet/engine/call"
	"github.com/diet-project/diet/engine/report"
	"github.com/diet-project/diet/generate"
)

// The columns of a map that are read; the others are for people.
const (
	columnKind   = "kind"
	columnID     = "netbox_id"
	columnObject = "object"
	columnName   = "name"
)

// mapColumns are those that diet import writes.
var mapColumns = []string{columnKind, columnID, "netbox_name", "place", "type", columnObject, columnName, "why"}

// adoptMap writes the answers of a map.
func (e *env) adoptMap(args []string, file string) error {
	reply := engine.Reply{Why: e.cli.String("reason")}
	if reply.Why == "" {
		return usage("--reason is missing: say why, for those who review the file")
	}
	var err error
	if reply.Who, reply.Expires, err = e.signature(); err != nil {
		return err
	}
	entries, without, err := e.readMap(file)
	if err != nil {
		return err
	}
	eng, plan, err := e.onePlan(args)
	if err != nil {
		return err
	}
	defer func() { _ = eng.Close() }()
	wrote, ours, err := eng.AdoptMap(e.cli.Context, plan, entries, reply)
	if fault := (*engine.MapError)(nil); errors.As(err, &fault) {
		fault.File = file
	}
	if err != nil {
		return err
	}
	if e.cli.Bool("json") {
		return e.print(wrote)
	}
	fmt.Fprintf(e.out, "%s adopted by the next apply, %s the plan's already, %s none\n", report.Plural(len(wrote), "object is", "objects are"),
		report.Plural(ours, "is", "are"), report.Plural(without, "line names", "lines name"))
	e.say("diet: wrote %s; `diet preview %s` shows what comes of it", eng.ResolutionsOf(plan), call.Quoted(plan.Info().File))
	return nil
}

// readMap reads a map, and counts its lines that name no object of the plan.
func (e *env) readMap(name string) (entries []engine.Entry, without int, err error) {
	if name == fromStdin {
		text, err := e.input("a map")
		if err != nil {
			return nil, 0, err
		}
		return parseMap(name, text)
	}
	file, err := os.Open(name)
	if err != nil {
		return nil, 0, fmt.Errorf("read map: %w", err)
	}
	defer func() { _ = file.Close() }()
	return parseMap(name, file)
}

// parseMap reads a map as CSV or as YAML, whatever the file is called.
func parseMap(name string, text io.Reader) (entries []engine.Entry, without int, err error) {
	data, err := io.ReadAll(text)
	if err != nil {
		return nil, 0, fmt.Errorf("read map %s: %w", name, err)
	}
	m := mapReader{file: name, at: map[string]int{}, objects: map[string]int{}, ids: map[string]int{}}
	read := m.readCSV
	if isMapYAML(data) {
		read = m.readYAML
	}
	if err := read(data); err != nil {
		return nil, 0, err
	}
	if len(m.faults) > 0 {
		return nil, 0, &generate.FindingsError{Findings: m.faults}
	}
	if len(m.entries)+m.without == 0 {
		return nil, 0, fmt.Errorf("read map %s: it is empty; diet import writes one", name)
	}
	return m.entries, m.without, nil
}

// mapReader reads the rows of a map.
type mapReader struct {
	file    string
	line    int
	at      map[string]int // the columns
	entries []engine.Entry
	without int
	faults  []generate.Finding

	objects, ids map[string]int // the lines that name them
}

func (m *mapReader) fault(path, hint, format string, args ...any) {
	m.faults = append(m.faults, generate.Finding{
		File: m.file, Line: m.line, Column: 1, Path: path, Hint: hint, Message: fmt.Sprintf(format, args...),
	})
}

func (m *mapReader) header(row []string) {
	for i, name := range row {
		name = strings.ToLower(strings.TrimSpace(name))
		if _, twice := m.at[name]; twice && slices.Contains(mapColumns, name) {
			m.fault(name, "one of them is to go", "the map has two columns %q", name)
		}
		m.at[name] = i
	}
	for _, name := range []string{columnKind, columnID, columnObject} {
		if _, ok := m.at[name]; !ok {
			m.fault(name, mapHint(), "the map has no column %q", name)
		}
	}
}

func (m *mapReader) cell(row []string, column string) string {
	if i, ok := m.at[column]; ok && i < len(row) {
		return strings.TrimSpace(row[i])
	}
	return ""
}

// entry adds what a line says.
func (m *mapReader) entry(kind, number, object, name string) {
	x := engine.Entry{Kind: kind, Object: object, Name: name, Line: m.line}
	if x.Object == "" {
		m.without++
		return
	}
	if !slices.Contains(engine.MapKinds(), x.Kind) {
		m.fault(columnKind, generate.Suggest(x.Kind, engine.MapKinds()), "%q is no kind that is mapped", x.Kind)
	}
	id, err := strconv.ParseInt(number, 10, 64)
	if x.ID = id; err != nil || id < 1 {
		m.fault(columnID, "", "%q is no id of NetBox", number)
	}
	if x.Name != "" && x.Name != "plan" && x.Name != "netbox" {
		m.fault(columnName, "plan, or netbox", "%q does not say whose name it has", x.Name)
	}
	m.once(m.objects, columnObject, x.Object)
	m.once(m.ids, columnID, fmt.Sprint(x.Kind, " ", x.ID))
	m.entries = append(m.entries, x)
}

// once reports what two lines name.
func (m *mapReader) once(seen map[string]int, column, what string) {
	if line, twice := seen[what]; twice {
		m.fault(column, "an object is one thing", "line %d names %s too", line, what)
		return
	}
	seen[what] = m.line
}
