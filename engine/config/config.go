// Package config reads diet.yaml: where NetBox, the mirror, plans and policies are.
//
// [Config] is the whole file. To add a key, add a field and run go generate: its
// name, type, default and limits are in its tags, its meaning is its comment, and
// the JSON Schema, docs/configuration.md and the messages about a wrong file follow.
// The package knows nothing of flags and of the environment, which come before the
// file.
package config

import (
	_ "embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/diet-project/diet/generate"
)

//go:generate go test . -run TestGenerated -update

// Schema is the JSON Schema (2020-12) of diet.yaml, for editors.
//
//go:embed config.schema.json
var Schema []byte

// Config is diet.yaml. The comments of the fields become the descriptions in the
// schema and on the page.
type Config struct {
	// The NetBox to keep true to the plans.
	NetBox NetBox `json:"netbox,omitzero"`

	// The local mirror: a mapping, or its file alone.
	Mirror Mirror `json:"mirror,omitzero"`

	// Where what is no cache is kept: previews, runs, their journal, decisions. A file, by
	// default diet.store.db beside the mirror; or the address of a database of PostgreSQL that
	// several machines share, as postgres://USER@HOST/DATABASE, see store.md. Leave the
	// password to PGPASSWORD or a password file. --store and DIET_STORE override it.
	Store Path `json:"store,omitempty"`

	// The plans that a command works on if none is named: files, or folders with plans in them.
	Plans []Path `json:"plans,omitempty"`

	// Git repositories with more plans, for diet serve and diet watch, see serve.md.
	Sources []Source `json:"sources,omitempty"`

	// Whether plans are all that write this NetBox. diet status then calls a plan key that it
	// finds in NetBox, and that none of them has, abandoned; else it may be anybody's.
	CompletePlans bool `json:"complete_plans,omitempty"`

	// Folders, or OPA bundles (.tar.gz), with your own policies, see policies.md. --policy adds to them.
	Policies []Path `json:"policies,omitempty"`

	// The file with the key that policy bundles must be signed by: a public key in PEM, or a
	// secret. --policy-key and DIET_POLICY_KEY override it.
	PolicyKey Path `json:"policy_key,omitempty"`

	// The file to add every decision to, as JSON lines in the form of OPA's decision log.
	// --decision-log and DIET_DECISION_LOG override it.
	DecisionLog Path `json:"decision_log,omitempty"`

	// For how many days the mirror keeps NetBox's changes and what objects were, for diet blame,
	// diet history and --at: longer than NetBox, if you want. Deletions of your objects by others are kept for good.
	History int `json:"history,omitempty" jsonschema:"minimum=1,default=365"`

	// How long the store keeps what nothing needs any more, see store.md.
	Keep Keep `json:"keep,omitzero"`

	// Users of NetBox whose changes are not a person's.
	Actors Actors `json:"actors,omitzero"`

	// Queries for diet check, see sql.md: what each looks for, and its SELECT. One that
	// yields rows fails.
	Queries map[string]string `json:"queries,omitempty"`

	// Who may approve previews, see approval.md: the public keys of each by name, in the form of
	// authorized_keys, such as ssh-ed25519 AAAA….
	Approvers map[string][]string `json:"approvers,omitempty"`

	// Public keys of diet serve, in the same form: what its logged-in approvers approve counts
	// here too. Each server prints its own when it starts.
	ApprovalServers []string `json:"approval_servers,omitempty"`

	// The file with those who may log in to diet serve, see web.md; diet user writes it. By
	// default it lies beside this one, as users.yaml.
	Users Path `json:"users,omitempty"`

	// Shipped guards to waive, everywhere and for good: rule id and reason.
	Waivers map[string]string `json:"waivers,omitempty"`

	// Guards to waive for some changes, or until some day. One that has expired is not
	// applied, and every preview says so.
	Exceptions []Exception `json:"exceptions,omitempty"`

	// How diet serve and diet watch work, see serve.md.
	Serve Serve `json:"serve,omitzero"`

	// When diet serve and diet watch do what, see serve.md. Without any, plans are checked for
	// drift every 15 minutes, and nothing is applied.
	Schedules []Schedule `json:"schedules,omitempty"`

	// Whom diet serve and diet watch tell about what, see serve.md.
	Notifications []Notification `json:"notifications,omitempty"`

	// Place says where something stands, such as schedules[0].check: file, line, column and that.
	// It is nil without a file.
	Place func(path string) string `json:"-"`
}

// Wrong is that something in the file is wrong.
func (c *Config) Wrong(path string, why error) error {
	if c.Place != nil {
		path = c.Place(path)
	}
	return fmt.Errorf("%s: %w", path, why)
}

// Exception waives a guard for the changes that it is about.
type Exception struct {
	// The id of the guard, shipped or your own.
	Guard string `json:"guard" jsonschema:"required"`

	// Why.
	Reason string `json:"reason" jsonschema:"required"`

	// Who answers for it.
	Who string `json:"who,omitempty"`

	// The key of the plan; all plans if left out.
	Plan string `json:"plan,omitempty"`

	// The kind of object, such as rack, or run for the preview as a whole.
	Kind string `json:"kind,omitempty"`

	// A pattern over diet ids: * matches anything but a slash, and an id matches itself.
	Object string `json:"object,omitempty"`

	// The last day, such as 2026-12-31, or a time such as 2026-12-31T18:00:00Z.
	Expires string `json:"expires,omitempty" jsonschema:"pattern=^[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9:.]+(Z|[+-][0-9]{2}:[0-9]{2}))?$"`

	// Place is where it stands, for messages.
	Place string `json:"-"`
}

// NetBox is how to reach NetBox.
type NetBox struct {
	// The address, such as https://netbox.example.com. --netbox-url and NETBOX_URL
	// override it. A token of the environment is sent to it only if NETBOX_URL names it too,
	// or if you confirmed the host once in a terminal.
	URL string `json:"url,omitempty"`

	// The API token. Prefer NETBOX_TOKEN: it overrides this key and keeps the secret
	// out of the file.
	Token string `json:"token,omitempty"`

	// A PEM file with certificates of authorities to trust besides the system's. --ca and
	// NETBOX_CA override it.
	CA Path `json:"ca,omitempty"`

	// A PEM file with the certificate to show to a NetBox that asks for one.
	ClientCert Path `json:"client_cert,omitempty"`

	// A PEM file with the key of client_cert, if that file does not hold it.
	ClientKey Path `json:"client_key,omitempty"`

	// The number of concurrent write requests.
	Parallel int `json:"parallel,omitempty" jsonschema:"minimum=1,default=4"`

	// The maximum number of requests a second, for a NetBox that others depend on. By
	// default there is none.
	RequestsPerSecond int `json:"requests_per_second,omitempty" jsonschema:"minimum=1"`

	// The token is meant to see only a part of what stands in sites and racks, such as one
	// tenant's. Without it, nothing is created in a site or rack of which NetBox counts more
	// than the token sees: it could be a copy of what is hidden.
	PartialView bool `json:"partial_view,omitempty"`

	// How long NetBox may still carry out a write whose answer was lost, such as 120s: so
	// long an apply waits to learn what became of it. DIET_WRITE_TIMEOUT comes first. Set
	// it lower only where both NetBox and its gateway give up sooner.
	WriteTimeout string `json:"write_timeout,omitempty" jsonschema:"pattern=^([1-9][0-9]*(ms|s|m|h))+$,default=120s"`
}

// Mirror is what the local copy of NetBox holds, and where.
type Mirror struct {
	// The file of the local mirror; mirror: FILE says the same. --mirror and DIET_MIRROR override it.
	File Path `json:"file,omitempty" jsonschema:"default=diet.db" short:"true"`

	// The slugs of the sites to read, for plans of a small part of a large NetBox: their racks,
	// devices, interfaces and cables, and, wherever it stands, what bears diet's marks. All else
	// that diet reads is read whole; a plan's own site, and others in which its objects stand, are
	// read when a preview needs them. By default all sites are read. Where the list changes, the
	// history (--at) begins anew.
	Sites []string `json:"sites,omitempty"`
}

// Actors names users of NetBox.
type Actors struct {
	// Users under which diet writes, besides that of the token: other pipelines, other
	// people who apply. What they change under the message of a run is diet's own.
	Diet []string `json:"diet,omitempty"`

	// Users of NetBox's own scripts and jobs, and of other tools.
	System []string `json:"system,omitempty"`
}

// Path is a file or folder. A relative one is relative to the folder of diet.yaml.
type Path string

// Load reads a file, resolves its paths and fills in the defaults. A file that does
// not exist is an [fs.ErrNotExist]; one that is wrong is an [*Error].
func Load(file string) (*Config, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("read configuration: %w", err)
	}
	return Read(file, data)
}

// LoadIfExists is Load, or the defaults if there is no file.
func LoadIfExists(file string) (*Config, error) {
	c, err := Load(file)
	if errors.Is(err, fs.ErrNotExist) {
		return Default(), nil
	}
	return c, err
}

// Read is Load for the text of a file.
func Read(file string, data []byte) (*Config, error) {
	c := &Config{}
	place, err := generate.DecodePlaced("configuration", file, data, c)
	if err != nil {
		return nil, &Error{err}
	}
	for i := range c.Exceptions {
		c.Exceptions[i].Place = place(fmt.Sprintf("exceptions[%d]", i))
	}
	c.Place = place
	complete(c, filepath.Dir(file))
	return c, nil
}

// Error is everything wrong with a configuration: one line per finding, with its
// place.
type Error struct{ err error }

func (e *Error) Error() string { return e.err.Error() }

// Unwrap is the [*generate.FindingsError].
func (e *Error) Unwrap() error { return e.err }

// Hint names the page that lists the keys.
func (e *Error) Hint() string {
	return "docs/configuration.md lists the keys; diet config schema prints a schema for editors"
}

// Default is the configuration without a file.
func Default() *Config {
	c := &Config{}
	complete(c, "")
	return c
}
