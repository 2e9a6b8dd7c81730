package mirror

import (
	"context"
	"slices"

	"github.com/diet-project/diet/mirror/netbox"
)

// Server is what the last sync learnt about NetBox.
type Server struct {
	URL     string `json:"url"`
	Version string `json:"version"`

	// Changelog is the time of the oldest change that the mirror's first sync found; "" if the
	// token may not read the changelog.
	Changelog string `json:"changelog_since,omitempty"`

	Plugins   []string `json:"plugins"`
	Branching bool     `json:"branching"` // the plugin is there

	IfMatch          bool `json:"if_match"`          // an update fails if somebody edited the object meanwhile
	StartCursor      bool `json:"start_cursor"`      // pages go by id, without a count
	ChangelogMessage bool `json:"changelog_message"` // changes name the run
	TellsUser        bool `json:"tells_user"`        // NetBox says whose the token is
	ErrorsByObject   bool `json:"errors_by_object"`  // a refused batch names the objects
}

// Server is what the last sync learnt about NetBox.
func (db *DB) Server(ctx context.Context) (Server, error) {
	values, err := db.stateValues(ctx, db.db)
	if err != nil {
		return Server{}, err
	}
	plugins, err := db.Plugins(ctx)
	if err != nil {
		return Server{}, err
	}
	s := Server{
		URL: values["url"], Version: values["version"], Changelog: values["reach"],
		Plugins: append([]string{}, plugins...), Branching: slices.Contains(plugins, branchPlugin),
	}
	caps, err := netbox.CapsOf(s.Version)
	s.IfMatch, s.StartCursor, s.ChangelogMessage = caps.IfMatch, caps.StartCursor, caps.ChangelogMessage
	s.TellsUser, s.ErrorsByObject = caps.AuthenticationCheck, caps.StructuredBulkErrors
	return s, err
}
