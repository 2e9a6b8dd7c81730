// Package model knows what NetBox keeps. Each kind of object is one entry, a
// noun: its path, what its fields refer to and what becomes of the object when
// that is deleted, defaults, rules of uniqueness, and hooks for what happens
// along. The rest a release tells itself, in the package release: the fields
// with their types, labels, lengths and choices, and the filters of lists.
//
// To add a kind of object, add its entry to a list of nouns; create, change,
// delete, filters and changelog rows follow.
package model
