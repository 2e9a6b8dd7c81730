// Package table is a store of objects in memory, which knows none of what it
// keeps. A Model says what a kind of object has: fields with their kinds,
// references and what becomes of them, rules of uniqueness, an order, hooks.
//
// A Store keeps the objects of its models in tables with indexes. A Tx reads
// bodies of JSON into new versions of objects, validates and writes them, and
// logs each change; an Operation does so for one request, in bulk too. A
// deletion takes along what refers to an object with cascade, is refused by what
// protects it, and empties the rest. Queries filter, search and order lists, an
// Encoder writes objects in NetBox's JSON.
//
// An answer that is no success is a Problem, which travels by panic to where the
// transaction ends.
package table
