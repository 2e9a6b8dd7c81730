package model

import (
	"time"

	"github.com/diet-project/diet/mirror/sandbox/table"
)

// zone is a time zone.
var zone = &table.Kind{Stored: true, Filter: "text", Read: table.Plainly(readZone)}

func readZone(_ *table.Field, v any) (any, string) {
	name := table.Plain(v)
	if _, err := time.LoadLocation(name); err != nil || name == "" || name == "Local" {
		return nil, "A valid timezone is required."
	}
	return name, ""
}
