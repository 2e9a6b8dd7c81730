// Package user keeps who may log in to diet's pages, and what each may do there.
//
// The users lie in a file of their own, users.yaml, with their passwords hashed by argon2id.
// [File] reads it again when it changes, so that a user is added, or removed, without a
// restart. The package knows nothing of pages and sessions.
package user

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/diet-project/diet/generate"
)

// Role is something that a person may do. Everybody who logs in may look.
type Role string

// The roles.
const (
	Viewer   Role = "viewer"   // looks
	Resolver Role = "resolver" // also answers questions
	Approver Role = "approver" // also approves previews
	Applier  Role = "applier"  // also applies previews, and rolls runs back
)

// Roles lists all roles.
func Roles() []Role { return []Role{Viewer, Resolver, Approver, Applier} }

// Person is somebody who is logged in.
type Person struct {
	Name  string
	Roles []Role

	// Stamp changes with the password.
	Stamp string
}

// person is a user as others see them.
func (e entry) person(name string) Person {
	sum := sha256.Sum256([]byte(e.Password))
	return Person{Name: name, Roles: e.Roles, Stamp: hex.EncodeToString(sum[:8])}
}

// May reports whether a person has a role. Everybody is a viewer.
func (p Person) May(r Role) bool { return r == Viewer || slices.Contains(p.Roles, r) }

// MayAny reports whether a person has one of some roles.
func (p Person) MayAny(roles ...Role) bool { return slices.ContainsFunc(roles, p.May) }

// document is users.yaml.
type document struct {
	Users map[string]entry `json:"users,omitempty"`
}

// entry is one user.
type entry struct {
	Password string `json:"password" jsonschema:"required"`
	Roles    []Role `json:"roles,omitempty"`
}

// ErrDenied is returned for a name that nobody has, and for a wrong password: which of the two
// it was, nobody is told.
var ErrDenied = errors.New("the name or the password is wrong")

// File is a file with users.
type File struct {
	path string

	mu    sync.Mutex
	stamp time.Time
	size  int64
	users map[string]entry
}

// Open names a file; one that does not exist has no users.
func Open(path string) *File { return &File{path: path} }

// Path is where the file is.
func (f *File) Path() string { return f.path }

// Count is how many users there are.
func (f *File) Count() (int, error) {
	users, err := f.read()
	return len(users), err
}

// Find is a user by name, as the file has them now: one who was removed is found no more.
func (f *File) Find(name string) (Person, bool, error) {
	users, err := f.read()
	u, found := users[name]
	return u.person(name), found, err
}

// Login is who has a name and a password, or fails with [ErrDenied].
func (f *File) Login(name, password string) (Person, error) {
	users, err := f.read()
	if err != nil {
		return Person{}, err
	}
	u, known := users[name]
	if !known {
		u.Password = nobody() // takes as long as somebody's
	}
	if !verify(u.Password, password) || !known {
		return Person{}, ErrDenied
	}
	return u.person(name), nil
}

// Put adds a user, or gives one another password and other roles.
func (f *File) Put(name, password string, roles []Role) error {
	if err := check(name, password, roles); err != nil {
		return err
	}
	return f.edit(func(users map[string]entry) error {
		users[name] = entry{Password: hash(password), Roles: slices.Compact(slices.Sorted(slices.Values(roles)))}
		return nil
	})
}

// Remove removes a user, or fails with [fs.ErrNotExist].
func (f *File) Remove(name string) error {
	return f.edit(func(users map[string]entry) error {
		if _, known := users[name]; !known {
			return fmt.Errorf("user %q: %w", name, fs.ErrNotExist)
		}
		delete(users, name)
		return nil
	})
}

// List are all users, by name.
func (f *File) List() ([]Person, error) {
	users, err := f.read()
	var out []Person
	for _, name := range slices.Sorted(maps.Keys(users)) {
		out = append(out, users[name].person(name))
	}
	return out, err
}

// plainName is what a user may be called: it stands in answers and in NetBox's changelog.
var plainName = regexp.MustCompile(`^[\pL\pN][\pL\pN._@ -]*$`)

const (
	// Shortest is how many characters a password has at least.
	Shortest = 12
	longest  = 64 // characters of a name; as a part of the expression it costs every command 3 ms
)

// CheckName refuses a name that nobody may have.
func CheckName(name string) error {
	if utf8.RuneCountInString(name) > longest || !plainName.MatchString(name) || strings.TrimSpace(name) != name {
		return fmt.Errorf("user %q: want letters, digits and . _ @ - or a space, %d at most", name, longest)
	}
	return nil
}

func check(name, password string, roles []Role) error {
	if err := CheckName(name); err != nil {
		return err
	}
	switch {
	case utf8.RuneCountInString(password) < Shortest:
		return fmt.Errorf("user %s: want a password of %d characters or more", name, Shortest)
	case len(roles) == 0:
		return fmt.Errorf("user %s: want a role: %s", name, listed())
	}
	for _, r := range roles {
		if !slices.Contains(Roles(), r) {
			return fmt.Errorf("user %s: unknown role %q: choose from %s", name, r, listed())
		}
	}
	return nil
}

func listed() string {
	var words []string
	for _, r := range Roles() {
		words = append(words, string(r))
	}
	return strings.Join(words, ", ")
}

// read is what the file holds, read again only where it has changed.
func (f *File) read() (map[string]entry, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	info, err := os.Stat(f.path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		f.users, f.stamp, f.size = map[string]entry{}, time.Time{}, 0
		return f.users, nil
	case err != nil:
		return nil, fmt.Errorf("read users: %w", err)
	case f.users != nil && info.ModTime().Equal(f.stamp) && info.Size() == f.size:
		return f.users, nil
	}
	users, err := load(f.path)
	if err == nil {
		f.users, f.stamp, f.size = users, info.ModTime(), info.Size()
	}
	return users, err
}

func load(path string) (map[string]entry, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read users: %w", err)
	}
	var doc document
	place, err := generate.DecodePlaced("users", path, data, &doc)
	if err != nil {
		return nil, err
	}
	var wrong []error
	for _, name := range slices.Sorted(maps.Keys(doc.Users)) {
		u := doc.Users[name]
		if err := check(name, strings.Repeat("*", Shortest), append([]Role{Viewer}, u.Roles...)); err != nil {
			wrong = append(wrong, fmt.Errorf("%s: %w", place("users."+name), err))
		}
		if _, err := parse(u.Password); err != nil {
			wrong = append(wrong, fmt.Errorf("%s: %w; diet user add %s writes one", place("users."+name+".password"), err, name))
		}
	}
	if err := errors.Join(wrong...); err != nil {
		return nil, err
	}
	if doc.Users == nil {
		doc.Users = map[string]entry{}
	}
	return doc.Users, nil
}

// edit changes the users, and writes the file in one step; only its owner may read it.
func (f *File) edit(change func(map[string]entry) error) error {
	users, err := f.read()
	if err != nil {
		return err
	}
	users = maps.Clone(users)
	if err := change(users); err != nil {
		return err
	}
	half, err := os.CreateTemp(filepath.Dir(f.path), ".users-*")
	if err != nil {
		return fmt.Errorf("write users: %w", err)
	}
	_, err = half.WriteString(text(users))
	if err = errors.Join(err, half.Sync(), half.Close()); err == nil {
		err = os.Rename(half.Name(), f.path)
	}
	if err != nil {
		return errors.Join(fmt.Errorf("write users: %w", err), os.Remove(half.Name()))
	}
	return nil
}

// text is the file as it is written. Names, roles and hashes hold nothing that YAML acts on
// between double quotes.
func text(users map[string]entry) string {
	var out strings.Builder
	out.WriteString("# Who may log in to diet serve; diet user writes this file.\nusers:\n")
	for _, name := range slices.Sorted(maps.Keys(users)) {
		fmt.Fprintf(&out, "  %q:\n    password: %q\n    roles: [", name, users[name].Password)
		for i, r := range users[name].Roles {
			if i > 0 {
				out.WriteString(", ")
			}
			out.WriteString(string(r))
		}
		out.WriteString("]\n")
	}
	return out.String()
}
