// Package release holds what NetBox releases differ in, as data: what each
// lists of its endpoints, as its OPTIONS and its schema tell, and how each
// behaves.
//
// The files under data are recorded, not written by hand: TestRecord writes
// that of a server's release. 4.4.json, 4.6.json and 4.7.json are those of a
// 4.4.10, a 4.6.8 and a 4.7.3. The others await a server: they hold what the
// serializers of 4.2.9 and 4.5.10 say of themselves, which for the three was the
// same as what a server tells, but for one list of choices of 4.4.
package release

import (
	"cmp"
	"embed"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
)

//go:embed data/*.json
var files embed.FS

// Release is one NetBox release.
type Release struct {
	Minor     int // of 4.x
	Version   Version
	Endpoints map[string]*Endpoint // by path, as dcim/sites
	Behaviour
}

// Version is what a server tells of itself.
type Version struct {
	Full   string `json:"full"`  // netbox-full-version
	Short  string `json:"short"` // netbox-version
	Django string `json:"django"`
	DRF    string `json:"drf"`
	Python string `json:"python"`
}

// Endpoint is what a release lists of one kind of object.
type Endpoint struct {
	Model    string  `json:"model"`  // as objectpermission
	Label    string  `json:"label"`  // as permission
	Plural   string  `json:"plural"` // as permissions
	ReadOnly bool    `json:"read_only,omitempty"`
	Brief    string  `json:"brief"`   // the fields of the short form, in no order
	Filters  string  `json:"filters"` // the names by which lists are filtered, without lookups
	Fields   []Field `json:"fields"`
}

// Field is what OPTIONS says of a field.
type Field struct {
	Name      string      `json:"name"`
	Type      string      `json:"type,omitempty"` // empty is "field"
	Required  bool        `json:"required,omitempty"`
	ReadOnly  bool        `json:"read_only,omitempty"`
	Label     string      `json:"label,omitempty"` // empty is the name, capitalised
	MaxLength int         `json:"max_length,omitempty"`
	Min       json.Number `json:"min_value,omitempty"`
	Max       json.Number `json:"max_value,omitempty"`
	Digits    []int       `json:"digits,omitempty"` // in all, and after the point
	Child     string      `json:"child,omitempty"`  // the type of a list's items
	Shows     string      `json:"shows,omitempty"`  // the fields of an embedded object
	Choices   []Choice    `json:"choices,omitempty"`
}

// Kind is the field's type in the words of OPTIONS.
func (f Field) Kind() string { return cmp.Or(f.Type, "field") }

// Heading is the field's label.
func (f Field) Heading() string {
	if f.Label != "" {
		return f.Label
	}
	words := strings.ReplaceAll(f.Name, "_", " ")
	return strings.ToUpper(words[:1]) + words[1:]
}

// Choice is a value with its label; the value is a text or a number.
type Choice [2]any

// Value is the choice's value.
func (c Choice) Value() any { return c[0] }

// Label is how the value is shown.
func (c Choice) Label() string {
	s, _ := c[1].(string)
	return s
}

// Names are the releases, oldest first.
var Names = []string{"4.2", "4.4", "4.5", "4.6", "4.7"}

// Of finds a release by its short name (4.6) or its full version (4.6.8).
func Of(version string) (*Release, error) {
	for _, name := range Names {
		if r := load(name); version == name || version == r.Version.Full || version == r.Version.Short {
			return r, nil
		}
	}
	return nil, fmt.Errorf("NetBox version %q is not one of %s", version, strings.Join(Names, ", "))
}

// API is what the API-Version header says.
func (r *Release) API() string { return fmt.Sprintf("4.%d", r.Minor) }

var (
	loaded = map[string]*Release{}
	once   sync.Mutex
)

// load reads a release's file, once.
func load(name string) *Release {
	once.Lock()
	defer once.Unlock()
	if r := loaded[name]; r != nil {
		return r
	}
	raw, err := files.ReadFile("data/" + name + ".json")
	if err != nil {
		panic(err) // the file is part of the program
	}
	r := &Release{}
	var file File
	if err := json.Unmarshal(raw, &file); err != nil {
		panic(fmt.Errorf("read release %s: %w", name, err))
	}
	r.Minor = slices.Index([]string{"4.0", "4.1", "4.2", "4.3", "4.4", "4.5", "4.6", "4.7"}, name)
	r.Version, r.Endpoints, r.Behaviour = file.Version, file.Endpoints, behaviourOf(r.Minor)
	loaded[name] = r
	return r
}

// File is the form of a recorded file.
type File struct {
	Version   Version              `json:"version"`
	Endpoints map[string]*Endpoint `json:"endpoints"`
}
