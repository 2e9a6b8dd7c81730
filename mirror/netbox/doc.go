// Package netbox speaks to NetBox over HTTP for the mirror and the applier.
//
// It reads pages of raw JSON, by id, with exactly the columns that the mirror
// keeps, and writes in bulk: one request is one transaction of NetBox's. What a
// server answers, in any of the shapes of NetBox 4.2 to 4.7, becomes an
// [*Error] that names the objects at fault. The configured go-netbox client
// asks for the server's status; everything else goes through a raw layer on the
// same HTTP client, since go-netbox reads no page with fields= and refuses a
// whole page for one value that it does not know.
//
// The package keeps no state but the server's capabilities. It never follows a
// redirect, never repeats a write whose outcome is unknown, and never shows the
// token. It is the only importer of go-netbox.
package netbox
