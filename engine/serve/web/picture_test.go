package web_test

import (
	"net/http"
	"strings"
	"testing"
)

// TestPictures marks what is added, changed and removed, in the topology and in racks now and
// as planned, and leads from each device to its page.
func TestPictures(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.edit("devices", "web/web[1]", map[string]any{"name": "<b>hers</b>"})
	w.sync()
	w.write(strings.NewReplacer("count: 3", "count: 2", `description: "one"`, `description: "two"`).Replace(text))
	b := w.browser()
	b.get("/plans/web/topology").status(http.StatusOK).
		sees("to be changed", "to be removed", `href="/plans/web/object?id=web%2Fdc.leaf%5B1%5D"`, "− web-003").misses("<?xml")
	b.get("/plans/web/racks").status(http.StatusOK).sees("Now, in NetBox", "As the plan wants it", "row-01",
		"− web-003", "~ &lt;b&gt;hers&lt;/b&gt;", `id="hatch-before"`, `id="hatch-after"`).misses("<b>hers")
	w.write(strings.Replace(text, "count: 3", "count: 4", 1))
	b.until("/plans/web/topology", "to be added").sees("+ web-004")
	b.get("/plans/web/racks?rack=row-01").sees("+ web-004").misses("− web")
	b.get("/plans/web/racks?rack=none").status(http.StatusOK)
	b.get("/plans/none/racks").status(http.StatusNotFound)
}
