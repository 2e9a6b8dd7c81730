package sandbox

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/diet-project/diet/mirror/sandbox/table"
)

// branchingPlugin is the name under which the status tells of the plugin. The sandbox has it
// where its configuration says so, as measured on 4.7.3 with 1.2.2: a branch is a copy with a
// changelog of its own, is ready when it has been asked for, and is merged by a job. Unlike
// there, a branch is merged only where nothing changed beside it, and ids that were given out
// in a branch are given out again beside it.
const branchingPlugin = "netbox_branching"

// lease begins the names of diet's leases, which are taken in NetBox for its branches too.
const lease = "diet-lease-"

// branch is one of the plugin's.
type branch struct {
	id           int64
	name, schema string
	status       string
	made         time.Time
	on           *Server
	before       int // how many changes NetBox had when it was made
}

// ofBranch is the server that answers a request: that of a branch which its header names.
// It is nil, with an answer, where there is none.
func (s *Server) ofBranch(c *call) (*Server, *answer) {
	schema := c.Header.Get("X-NetBox-Branch")
	if schema == "" || !s.hasBranches() || c.URL.Path == "/api/status/" || strings.HasPrefix(c.URL.Path, "/api/plugins/") {
		return s, nil
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	at := slices.IndexFunc(s.branches, func(b *branch) bool { return b.schema == schema })
	switch {
	case at < 0:
		return nil, htmlAnswer(http.StatusBadRequest, "Invalid branch identifier")
	case s.branches[at].status != "ready":
		return nil, htmlAnswer(http.StatusBadRequest, "Selected branch is not ready.")
	}
	return s.branches[at].on, nil
}

func (s *Server) hasBranches() bool { return s.config.Plugins[branchingPlugin] != "" }

// branching answers for the plugin; parts are those of the path behind /api/plugins/branching.
func (s *Server) branching(c *call, parts []string) *answer {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case parts[0] == "changes" && len(parts) == 1:
		return s.branchChanges(param(c, "branch_id"))
	case parts[0] != "branches":
		return notFoundPage()
	case len(parts) == 1 && c.Method == http.MethodPost:
		return s.makeBranch(c)
	case len(parts) == 1:
		return s.listBranches(param(c, "name"))
	}
	at := slices.IndexFunc(s.branches, func(b *branch) bool { return strconv.FormatInt(b.id, 10) == parts[1] })
	switch {
	case at < 0:
		return s.failure(table.Detail(http.StatusNotFound, "Not found."))
	case len(parts) == 3 && parts[2] == "merge" && c.Method == http.MethodPost:
		return s.merge(s.branches[at])
	case len(parts) == 2 && c.Method == http.MethodGet:
		b := s.branches[at]
		if b.status == "new" {
			b.status = "ready" // whoever asks once more finds it made
		}
		return jsonAnswer(http.StatusOK, b.shown())
	}
	return notFoundPage()
}

func (s *Server) makeBranch(c *call) *answer {
	var asked struct {
		Name string `json:"name"`
	}
	if err := json.Unmarshal(c.body, &asked); err != nil || asked.Name == "" {
		return jsonAnswer(http.StatusBadRequest, table.Dict{{"name", []any{"This field is required."}}})
	}
	if slices.ContainsFunc(s.branches, func(b *branch) bool { return b.name == asked.Name }) {
		return jsonAnswer(http.StatusBadRequest, table.Dict{{"name", []any{"branch with this name already exists."}}})
	}
	on := s.fork(s.config.Token, s.config.Now)
	on.state.ForgetChanges()
	n := int64(len(s.branches)) + 1
	b := &branch{
		id: n, name: asked.Name, schema: fmt.Sprintf("%08d", n), status: "new", made: s.config.Now(), on: on, before: len(s.state.Changes),
	}
	s.branches = append(s.branches, b)
	return jsonAnswer(http.StatusCreated, b.shown())
}

func (s *Server) listBranches(name string) *answer {
	list := []any{}
	for _, b := range s.branches {
		if name == "" || b.name == name {
			list = append(list, b.shown())
		}
	}
	return listed(list)
}

func listed(list []any) *answer {
	return jsonAnswer(http.StatusOK, table.Dict{{"count", len(list)}, {"next", nil}, {"previous", nil}, {"results", list}})
}

func (b *branch) shown() table.Dict {
	return table.Dict{
		{"id", b.id},
		{"name", b.name},
		{"status", table.Dict{{"value", b.status}, {"label", b.status}}},
		{"schema_id", b.schema},
		{"last_sync", b.made.UTC().Format(time.RFC3339Nano)},
	}
}

// branchChanges lists each object that a branch has changed, by its first and last change.
func (s *Server) branchChanges(id string) *answer {
	list := []any{}
	for _, b := range s.branches {
		if strconv.FormatInt(b.id, 10) != id || b.status != "ready" {
			continue
		}
		for _, d := range b.on.state.Differences() {
			list = append(list, table.Dict{
				{"object_type", d.Type},
				{"object_id", d.ID},
				{"object_repr", d.Name},
				{"action", table.Dict{{"value", d.Action}, {"label", d.Action}}},
				{"conflicts", nil},
				{"original_data", d.Before},
				{"modified_data", d.After},
			})
		}
	}
	return listed(list)
}

// merge makes NetBox what the branch is.
func (s *Server) merge(b *branch) *answer {
	job := func(status, problem string) *answer {
		return jsonAnswer(http.StatusOK, table.Dict{
			{"id", b.id}, {"status", table.Dict{{"value", status}, {"label", status}}}, {"error", problem},
		})
	}
	if b.status != "ready" {
		return htmlAnswer(http.StatusBadRequest, "Branch is not ready to merge.")
	}
	if !s.state.OnlyLabels(b.before, lease) {
		return job("errored", "the sandbox merges only branches beside which nothing changed")
	}
	if len(b.on.state.Differences()) > 0 { // else it stays ready, on 4.7.3 with the plugin 1.2.2
		s.state = b.on.state.Continue(s.state)
		b.status = "merged"
	}
	return job("completed", "")
}
