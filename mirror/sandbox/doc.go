// Package sandbox is a NetBox in a process: an http.Handler that answers
// NetBox's REST API from memory, for `diet demo` and for tests.
//
// It behaves as one chosen release of NetBox does, its traps included: bulk
// writes are one transaction, unknown query parameters are ignored, creating
// a device instantiates the components of its type, and deleting a device
// leaves its cables dangling. What a release does was measured on real
// servers; the package conformance asserts it against both.
//
// It has floors. This package speaks HTTP: routes, tokens and permissions,
// pages, faults on demand. The package model knows what NetBox keeps: one entry
// for each kind of object. The package table keeps objects of any kind, in
// transactions, with a changelog. The package release holds what differs by
// release: the fields, choices and filters that each lists, recorded from
// servers, and a table of behaviours.
package sandbox
