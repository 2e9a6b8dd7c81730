// Package netbox speaks to NetBox over HTTP for the mirror and the applier.
//
// It reads pages of raw JSON, by id, with exactly the columns that the mirror keeps, and
// writes in bulk: one request is one transaction in NetBox. Errors, in any of the shapes
// of NetBox 4.2 to 4.7, become an [*Error] that names the objects at fault. The
// go-netbox client asks for the server's status; everything else goes through a raw
// layer on the same HTTP client, since go-netbox cannot read pages with fields= and
// rejects a whole page for one value that it does not know.
//
// The package keeps no state but the server's capabilities. It never follows a redirect,
// never repeats a write of unknown outcome, and never shows the token. It is the only
// importer of go-netbox.
package netbox
