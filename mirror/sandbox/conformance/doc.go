// Package conformance asserts what a NetBox server does, release by release.
// The same suite runs against the sandbox and against real servers, so that
// the sandbox is as faithful as the suite is thorough.
//
// It speaks plain HTTP, creates everything under a name of its own, and
// removes it again. It refuses a server on which there is no tag with the
// slug diet-test-server.
package conformance
