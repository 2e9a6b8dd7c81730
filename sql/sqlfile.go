// Package sqlfile holds every SQL statement of diet, one per file, embedded.
//
//	schema/  the tables of the store, which are kept: each file runs once, in order of the names
//	cache/   the tables of the mirror: dropped and created again when their text changes
//	view/    what users query, and what the diff is built on; created with the cache
//	ingest/  a page of NetBox's JSON becomes rows
//	query/   everything else, named after table and verb
//	store/   the same for the store
//	job/     what the processes that take jobs tell each other
//	part/    what several statements have in common
//	postgres/  what a store in PostgreSQL takes instead of a file of the same path; its tables
//
// A statement that is the same for every kind is written once, as a text/template over the
// registry of kinds. Go contains no SELECT. The folder is sql and the package sqlfile, so
// that database/sql keeps its name.
package sqlfile

import (
	"embed"
	"fmt"
	"path"
	"strings"
	"sync"
	"text/template"

	"github.com/diet-project/diet/mirror/kinds"
)

//go:embed schema cache view ingest query store job part postgres
var files embed.FS

// Views returns the names of the views that users query; docs/sql.md describes
// them. The others serve diet itself.
func Views() []string {
	return []string{"drift", "change", "conflict", "unmanaged", "ownership", "blame", "decision", "run", "journal", "drift_sample"}
}

// Names returns the statements of a folder, sorted, without the ending.
func Names(folder string) []string {
	entries, err := files.ReadDir(folder)
	if err != nil {
		panic(fmt.Sprintf("sqlfile: no folder %q", folder))
	}
	names := make([]string, 0, len(entries))
	for _, e := range entries {
		names = append(names, path.Join(folder, strings.TrimSuffix(e.Name(), ".sql")))
	}
	return names
}

// Statement is one SQL statement, or the script of a schema file.
type Statement struct {
	Name string // query/plan_list; of one for a kind query/sign_done device
	Text string
}

// Statements are the statements for a registry of kinds. They are rendered once and
// safe for use by several goroutines.
type Statements struct {
	kinds    kinds.Registry
	rendered sync.Map // Statement by name, kind and field
}

// New returns the statements for a registry.
func New(registry kinds.Registry) *Statements { return &Statements{kinds: registry} }

// Standard are the statements for [kinds.Standard].
var Standard = sync.OnceValue(func() *Statements { return New(kinds.Standard()) })

// Kinds is the registry that the statements are for.
func (s *Statements) Kinds() kinds.Registry { return s.kinds }

// Get returns a statement that is for all kinds, such as "query/plan_list". It panics
// where there is no such file: the name is a constant of the program.
func (s *Statements) Get(name string) Statement {
	return s.render(name, kinds.Kind{}, kinds.Field{})
}

// postgres is the folder of what PostgreSQL takes instead.
const postgres = "postgres/"

// Postgres is Get for a store in PostgreSQL: there, some statements are others.
func (s *Statements) Postgres(name string) Statement {
	if lookup(postgres+name+".sql") != nil {
		name = postgres + name
	}
	return s.Get(name)
}

// Table returns a statement for a table and its columns, as they stand in the schema.
func (s *Statements) Table(name, table string, columns []string) Statement {
	return s.execute(name, table, data{Registry: s.kinds, Table: table, Columns: columns})
}

// For returns a statement for one kind.
func (s *Statements) For(name string, kind kinds.Kind) Statement {
	return s.render(name, kind, kinds.Field{})
}

// ForField returns a statement for one field of a kind.
func (s *Statements) ForField(name string, kind kinds.Kind, field kinds.Field) Statement {
	return s.render(name, kind, field)
}

// render renders a file, without the line end at its end: the driver takes what has
// anything behind the semicolon for a script, and compiles it again each time that it is
// run.
func (s *Statements) render(name string, kind kinds.Kind, field kinds.Field) Statement {
	key := [3]string{name, kind.Name, field.Name}
	if st, ok := s.rendered.Load(key); ok {
		return st.(Statement)
	}
	of := strings.TrimSpace(kind.Name + " " + field.Name)
	st := s.execute(name, of, data{Registry: s.kinds, Kind: model{kind, s.kinds}, Field: field})
	s.rendered.Store(key, st)
	return st
}

// execute renders a file for what it is of.
func (s *Statements) execute(name, of string, d data) Statement {
	t := lookup(name + ".sql")
	if t == nil {
		panic(fmt.Sprintf("sqlfile: no statement %q", name))
	}
	var out strings.Builder
	if err := t.Execute(&out, d); err != nil {
		panic(fmt.Sprintf("sqlfile: %s for %q: %v", name, of, err))
	}
	return Statement{Name: strings.TrimSpace(name + " " + of), Text: strings.TrimSpace(out.String())}
}

// lookup is a file, parsed once, with what several statements have in common; nil where there
// is none of that path under sql/. What it defines is for itself alone.
func lookup(name string) *template.Template {
	if t, ok := parsed.Load(name); ok {
		return t.(*template.Template)
	}
	text, err := files.ReadFile(name)
	if err != nil {
		return nil
	}
	t := template.Must(template.Must(parts().Clone()).New(name).Parse(string(text)))
	parsed.Store(name, t)
	return t
}

// parsed are the files that were asked for: a command uses few of them.
var parsed sync.Map // *template.Template by path

// parts parses what several statements have in common, once.
var parts = sync.OnceValue(func() *template.Template {
	root := template.New("").Funcs(template.FuncMap{"join": strings.Join, "inc": func(i int) int { return i + 1 }})
	return template.Must(root.ParseFS(files, "part/*.sql"))
})
