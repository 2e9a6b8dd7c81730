// Package mirror keeps NetBox's objects in a local SQLite database.
//
// [Open] opens the file, lays out its tables and views, and teaches SQLite the
// few functions that the statements under sql/ use. A [Syncer] fills it: whole
// the first time, and then by what NetBox's changelog and last_updated say has
// moved. The engine's differ and users' own queries stand on the same file.
//
// The mirror is a cache: NetBox holds the truth, and the file can be deleted at
// any time. What is no cache is in package store. The package writes nothing to
// NetBox and decides nothing.
package mirror
