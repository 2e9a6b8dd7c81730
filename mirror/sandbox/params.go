package sandbox

import (
	"net/http"
	"strings"

	"github.com/diet-project/diet/mirror/sandbox/release"
	"github.com/diet-project/diet/mirror/sandbox/table"
)

func selectionOf(c *call, rel *release.Release) *table.Selection {
	sel := &table.Selection{}
	if v := param(c, "fields"); v != "" {
		sel.Only = strings.Split(v, ",")
	} else if v := param(c, "omit"); v != "" && rel.OmitsFields {
		sel.Omit = strings.Split(v, ",")
	}
	if rel.ExcludesContext && param(c, "exclude") == "config_context" {
		sel.Omit = append(sel.Omit, "config_context")
	}
	if c.Method == http.MethodGet && param(c, "brief") != "" {
		sel.Brief = true
	}
	return sel
}

func param(c *call, name string) string {
	if v := c.params[name]; len(v) > 0 {
		return v[len(v)-1]
	}
	return ""
}

// matchers splits an If-Match header.
func matchers(h http.Header) []string {
	var list []string
	for _, v := range h.Values("If-Match") {
		for tag := range strings.SplitSeq(v, ",") {
			if tag = strings.TrimSpace(tag); tag != "" {
				list = append(list, tag)
			}
		}
	}
	return list
}
