package sandbox

import (
	"net/http"
	"strings"

	"github.com/diet-project/diet/mirror/sandbox/table"
)

// vacant are endpoints of things that the sandbox does not keep: they are
// there, and empty, for those who ask what refers to an object.
var vacant = []string{"core/jobs"}

// empty answers for an endpoint without objects.
func (s *Server) empty(c *call, id int64) *answer {
	switch {
	case c.Method != http.MethodGet && c.Method != http.MethodHead:
		return s.failure(table.Detail(http.StatusMethodNotAllowed, "Method %q not allowed.", c.Method))
	case id != 0:
		kind := strings.Split(strings.TrimPrefix(c.URL.Path, "/api/"), "/")[1]
		name := strings.ReplaceAll(strings.TrimSuffix(kind, "s"), "-", " ")
		return s.failure(table.Missing(&table.Model{Label: name}))
	}
	return jsonAnswer(http.StatusOK, table.Dict{{"count", 0}, {"next", nil}, {"previous", nil}, {"results", []any{}}})
}
