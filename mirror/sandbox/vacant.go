package sandbox

import (
	"net/http"
	"strings"
)

// vacant are endpoints of things that the sandbox does not keep: they are
// there, and empty, for those who ask what refers to an object.
var vacant = []string{
	"circuits/circuit-terminations", "circuits/circuits", "circuits/providers", "circuits/virtual-circuit-terminations",
	"core/jobs", "dcim/console-ports", "dcim/console-server-ports", "dcim/front-ports",
	"dcim/module-bays", "dcim/module-types", "dcim/modules", "dcim/power-feeds",
	"dcim/power-outlets", "dcim/power-panels", "dcim/power-ports", "dcim/rack-types", "dcim/rear-ports",
	"extras/config-contexts", "extras/config-templates",
	"extras/image-attachments", "extras/subscriptions", "extras/webhooks", "ipam/aggregates", "ipam/asns",
	"ipam/fhrp-group-assignments", "ipam/fhrp-groups", "ipam/ip-ranges", "ipam/vrfs",
	"users/groups",
	"virtualization/interfaces",
	"vpn/l2vpn-terminations", "wireless/wireless-lans",
}

// empty answers for an endpoint without objects.
func (s *Server) empty(c *call, id int64) *answer {
	switch {
	case c.Method != http.MethodGet && c.Method != http.MethodHead:
		return s.failure(detail(http.StatusMethodNotAllowed, "Method %q not allowed.", c.Method))
	case id != 0:
		kind := strings.Split(strings.TrimPrefix(c.URL.Path, "/api/"), "/")[1]
		name := strings.ReplaceAll(strings.TrimSuffix(kind, "s"), "-", " ")
		return s.failure(missing(&model{label: name}))
	}
	return jsonAnswer(http.StatusOK, dict{{"count", 0}, {"next", nil}, {"previous", nil}, {"results", []any{}}})
}
