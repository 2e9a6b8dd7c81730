// Package policies holds the Rego that diet ships, and the JSON Schemas of what
// the rules read.
//
// Everything under diet/ is one OPA policy tree: rules beside their tests, the
// path of a folder being the name of its package. It runs under stock opa (`opa
// test policies`) as well as inside diet, where engine/policy compiles it. The
// Go side of this package only embeds the files; it knows nothing of OPA.
package policies

import "embed"

// FS holds diet/ and schema/. The Rego tests are among them: who compiles the
// policies leaves out what ends in _test.rego.
//
//go:embed diet schema
var FS embed.FS
