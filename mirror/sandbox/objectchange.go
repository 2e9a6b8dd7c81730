package sandbox

import (
	"cmp"
	"encoding/json"
	"net/http"
	"slices"
	"time"

	"github.com/diet-project/diet/mirror/sandbox/table"
)

// changes answers for the changelog.
func (s *Server) changes(c *call, id int64) *answer {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if c.Method != http.MethodGet && c.Method != http.MethodHead {
		return s.failure(table.Detail(http.StatusMethodNotAllowed, "Method %q not allowed.", c.Method))
	}
	chosen := selectionOf(c, s.rel)
	if !s.rel.ChangelogFields {
		chosen = &table.Selection{} // fields= came with 4.5 here
	}
	if id != 0 {
		for _, x := range s.state.Changes {
			if x.ID == id {
				return jsonAnswer(http.StatusOK, s.encoder(c).ShowChange(x, chosen))
			}
		}
		return s.failure(table.Detail(http.StatusNotFound, "No ObjectChange matches the given query."))
	}
	return s.changePage(c, chosen)
}

func (s *Server) changePage(c *call, chosen *table.Selection) *answer {
	p, bad := s.pageOf(c)
	if bad != nil {
		return s.failure(bad)
	}
	found, bad := s.state.FindChanges(c.params)
	if bad != nil {
		return s.failure(bad)
	}
	total := len(found)
	next, previous := p.links(c, total)
	var count any = total
	if p.cursor {
		at, _ := slices.BinarySearchFunc(found, p.start, func(x *table.Change, id int64) int { return cmp.Compare(x.ID, id) })
		found, count = found[at:], nil
	} else {
		table.ArrangeChanges(found, c.params["ordering"])
		found = found[min(p.offset, total):]
	}
	found = found[:min(p.limit, len(found))]
	if p.cursor && len(found) == p.limit {
		next = p.linkTo(c, "start", found[len(found)-1].ID+1)
	}
	results := make([]any, len(found))
	for i, x := range found {
		results[i] = s.encoder(c).ShowChange(x, chosen)
	}
	return jsonAnswer(http.StatusOK, table.Dict{{"count", count}, {"next", next}, {"previous", previous}, {"results", results}})
}

// changeObjects lists the changelog for Objects.
func (s *Server) changeObjects() []map[string]any {
	list := make([]map[string]any, 0, len(s.state.Changes))
	for _, x := range s.state.Changes {
		var o map[string]any
		if err := json.Unmarshal(table.AppendJSON(nil, (&table.Encoder{Store: s.state}).ShowChange(x, &table.Selection{})), &o); err == nil {
			list = append(list, o)
		}
	}
	return list
}

// PruneChanges forgets the rows of the changelog before a time, as NetBox's
// housekeeping does.
func (s *Server) PruneChanges(before time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.state.Prune(before)
}

// DeleteUser has the changelog forget who a user was: rows keep the name only.
func (s *Server) DeleteUser(name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.state.Gone[name] = true
}
