// Package mirror keeps NetBox's objects in a local SQLite database.
//
// [Open] opens the file, creates its tables and views, and registers the few SQL
// functions that the statements under sql/ use. A [Syncer] fills it: everything the
// first time, then what NetBox's changelog and last_updated say has changed. The
// engine's diff and users' own queries use the same file.
//
// The mirror is a cache: NetBox holds the truth, and the file can be deleted at any
// time. What is not a cache is in package store. The package writes nothing to NetBox
// and decides nothing.
package mirror
