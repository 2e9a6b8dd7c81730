package release

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"unicode"
)

// Behaviour is what a release does, beyond what it lists. Which releases do it
// stands in data/behaviour.json, with what it means.
type Behaviour struct {
	APIVersionAlways      bool
	AuthenticationCheck   bool
	BaysCheckedFirst      bool
	BearerTokens          bool
	CableCleanDates       bool
	CableDeleteSavesEnds  bool
	CableGhostRows        bool
	CableLoggedTwice      bool
	CableProfiles         bool
	CableRowsHoldEnds     bool
	CableSideEmptied      bool
	CableUpdatesEnds      bool
	ChangelogFields       bool
	ChangelogManyTypes    bool
	ChangelogMessage      bool
	ChangelogRepr         bool
	ConnectorsRenumbered  bool
	CoreObjectTypes       bool
	CursorPages           bool
	CustomDefaultsNull    bool
	CustomUnknownIgnored  bool
	CustomUnknownByObject bool
	DeviceTypesCount      bool
	EmptyAssetTagIsNull   bool
	EntityTags            bool
	ExcludesContext       bool
	ExtrasObjectTypes     bool
	FreshAnswersStale     bool
	IndexedListFaults     bool
	LevelsDeletedDownward bool
	MACsInInterfaces      bool
	MachinesByDevice      bool
	NoEndIsNull           bool
	NetworkFaultsCrash    bool
	OmitsFields           bool
	Owners                bool
	ParentsSoughtEarly    bool
	PositionsInNames      bool
	RolesCountEmbedded    bool
	SelectionsLabelled    bool
	SlashRequired         bool
	StatusNamesHost       bool
	StructuredErrors      bool
	TagsAddedAndRemoved   bool
	TagsClearedUnlogged   bool
	TokenFlags            bool
	TreesByPath           bool
	UniqueNullsCompared   bool
	UnreachableIsFalse    bool
}

//go:embed data/behaviour.json
var behaviourFile []byte

// row says in which releases a behaviour holds: minor numbers of 4.x. Until
// excludes, and 0 is open; again is when it came back.
type row struct {
	Name  string `json:"name"`
	Since int    `json:"since"`
	Until int    `json:"until"`
	Again int    `json:"again,omitempty"`
	Means string `json:"means"`
}

// holds says whether the behaviour is that of a release.
func (r row) holds(minor int) bool {
	return minor >= r.Since && (r.Until == 0 || minor < r.Until) || r.Again > 0 && minor >= r.Again
}

// behaviourRows reads the table.
func behaviourRows() []row {
	var rows []row
	if err := json.Unmarshal(behaviourFile, &rows); err != nil {
		panic(fmt.Errorf("read behaviour.json: %w", err))
	}
	return rows
}

// behaviourOf fills in what one release does.
func behaviourOf(minor int) Behaviour {
	var b Behaviour
	v := reflect.ValueOf(&b).Elem()
	for _, r := range behaviourRows() {
		f := v.FieldByName(exported(r.Name))
		if !f.IsValid() {
			panic("behaviour.json names an unknown behaviour: " + r.Name)
		}
		f.SetBool(r.holds(minor))
	}
	return b
}

// exported is the Go name of a row: entity_tags is EntityTags.
func exported(name string) string {
	initials := map[string]string{"api": "API", "macs": "MACs"}
	var b strings.Builder
	for word := range strings.SplitSeq(name, "_") {
		if up := initials[word]; up != "" {
			b.WriteString(up)
			continue
		}
		b.WriteRune(unicode.ToUpper(rune(word[0])))
		b.WriteString(word[1:])
	}
	return b.String()
}
