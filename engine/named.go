package engine

import (
	"fmt"
	"slices"

	"github.com/diet-project/diet/generate"
	"github.com/diet-project/diet/mirror/kinds"
)

// CheckNames refuses a kind that diet owns no object of, and a field that no such object has, or
// none of the kind; "" is any.
func CheckNames(kind, field string) error {
	var names, fields []string
	for _, k := range kinds.Standard().Owned() {
		names = append(names, k.Name)
		for _, f := range k.Fields {
			if kind == "" || kind == k.Name {
				fields = append(fields, f.Name)
			}
		}
	}
	slices.Sort(fields)
	fields = slices.Compact(fields)
	switch {
	case kind != "" && !slices.Contains(names, kind):
		return fmt.Errorf("there is no kind %q: %s", kind, generate.Suggest(kind, names))
	case field == "" || slices.Contains(fields, field) || kinds.IsMember(field):
		return nil
	case kind == "":
		return fmt.Errorf("no kind has a field %q: %s", field, generate.Suggest(field, fields))
	}
	return fmt.Errorf("the kind %s has no field %q: %s", kind, field, generate.Suggest(field, fields))
}
