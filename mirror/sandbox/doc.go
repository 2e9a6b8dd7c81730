// Package sandbox is a NetBox in a process: an http.Handler that answers
// NetBox's REST API from memory, for `diet demo` and for tests.
//
// It behaves as one chosen release of NetBox does, its traps included: bulk
// writes are one transaction, unknown query parameters are ignored, creating
// a device instantiates the interfaces of its type, and deleting a device
// leaves its cables dangling. What a release does was measured on real
// servers; the package conformance asserts it against both.
//
// Every kind of object is a table of fields (see the model files, named after
// the noun). One engine parses, validates, stores, filters and serialises all
// of them; what is particular to a kind is a hook beside its table.
package sandbox
