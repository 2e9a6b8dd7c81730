// Package policies holds the Rego that diet ships, and the JSON Schemas of what
// the rules read.
//
// Everything under diet/ is one OPA policy tree: rules with their tests beside
// them, in folders named after their packages. It runs under stock opa (`opa test
// policies`) and inside diet, where engine/policy compiles it. This package only
// embeds the files; it does not import OPA.
package policies

import "embed"

// FS holds diet/ and schema/, including the Rego tests: leave out *_test.rego when
// compiling the policies.
//
//go:embed diet schema
var FS embed.FS
