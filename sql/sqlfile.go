// Package sqlfile holds every SQL statement of diet, one a file, embedded.
//
//	schema/  the tables of the mirror, run once, in order of their names
//	view/    what users query, and what the diff stands on; re-created at open
//	ingest/  one statement a kind: a page of NetBox's JSON becomes rows
//	diff/    desired against base against have
//	query/   everything else, named after table and verb
//
// Go holds no SELECT. The folder is sql and the package sqlfile, so that
// database/sql keeps its name.
package sqlfile

import (
	"embed"
	"fmt"
	"io/fs"
	"path"
	"strings"
)

//go:embed schema view ingest diff query
var files embed.FS

// FS returns all files, by their path under sql/.
func FS() fs.FS { return files }

// MustLoad returns the text of one statement, such as "diff/field", without the line
// end at its end: the driver takes what has anything behind the semicolon for a
// script, and compiles it anew each time that it is run. It panics where there is
// no such file: the name is a constant of the program.
func MustLoad(name string) string {
	text, err := files.ReadFile(name + ".sql")
	if err != nil {
		panic(fmt.Sprintf("sqlfile: no statement %q", name))
	}
	return strings.TrimSpace(string(text))
}

// Views returns the names of the views that users query; docs/sql.md describes
// them. The others serve diet itself.
func Views() []string {
	return []string{"drift", "change", "conflict", "unmanaged", "ownership", "blame", "decision", "run"}
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
