package model

import (
	"slices"
	"strings"

	"github.com/diet-project/diet/mirror/sandbox/table"
)

func cableFilters() map[string]table.Filter {
	filters := map[string]table.Filter{
		"interface_id": func(s *table.Store, _ string, values []string) (*table.Match, string) {
			return cablesOf(s, func(i *table.Record) bool { return slices.Contains(values, table.Plain(i.ID)) }), ""
		},
		"unterminated": func(s *table.Store, _ string, values []string) (*table.Match, string) {
			want := table.Truthy(values[0])
			return &table.Match{Test: func(r *table.Record) bool {
				bare := len(endsOf(s, r.ID, "A")) == 0 || len(endsOf(s, r.ID, "B")) == 0
				return bare == want
			}}, ""
		},
		"device_id": deviceCables(true), "device": deviceCables(false),
	}
	for _, end := range []string{"A", "B"} {
		name := "termination_" + strings.ToLower(end)
		filters[name+"_type"] = byEndOf(end, func(e terminal) string { return e.model.ObjectType() })
		filters[name+"_id"] = byEndOf(end, func(e terminal) string { return table.Plain(e.id) })
	}
	for _, step := range []string{"site", "rack", "location"} {
		filters[step+"_id"] = cablesAlong(true, step)
		filters[step] = cablesAlong(false, step)
	}
	return filters
}

// byEndOf filters by what a cable has at one end.
func byEndOf(end string, of func(terminal) string) table.Filter {
	return func(s *table.Store, lookup string, values []string) (*table.Match, string) {
		if lookup != "" {
			return nil, ""
		}
		return &table.Match{Test: func(r *table.Record) bool {
			return slices.ContainsFunc(endsOf(s, r.ID, end), func(e terminal) bool { return slices.Contains(values, of(e)) })
		}}, ""
	}
}

// cablesOf lists the cables at the interfaces that a test accepts.
func cablesOf(s *table.Store, accept func(i *table.Record) bool) *table.Match {
	found := &table.Match{Known: true}
	for _, ct := range s.Tables["cable-terminations"].IDs {
		r := s.Find("cable-terminations", ct)
		if i := terminated(s, r); i != nil && accept(i) {
			found.IDs = append(found.IDs, r.Ref("cable"))
		}
	}
	found.IDs = sortedIDs(found.IDs)
	return found
}

// deviceCables filters cables by device, through the indexes.
func deviceCables(byID bool) table.Filter {
	return func(s *table.Store, lookup string, values []string) (*table.Match, string) {
		if lookup != "" {
			return nil, ""
		}
		var ids []int64
		for _, v := range values {
			for _, dev := range s.Named("devices", byID, v) {
				for _, i := range s.Referring("interfaces", "device", dev) {
					if c := i.Ref("cable"); c != 0 {
						ids = append(ids, c)
					}
				}
			}
		}
		return &table.Match{IDs: sortedIDs(ids), Known: true}, ""
	}
}

func cablesAlong(byID bool, step string) table.Filter {
	return func(s *table.Store, lookup string, values []string) (*table.Match, string) {
		if lookup != "" {
			return nil, ""
		}
		inner, msg := table.Along(byID, "device", step)(s, "", values)
		if msg != "" {
			return nil, msg
		}
		return cablesOf(s, inner.Test), ""
	}
}

func sortedIDs(ids []int64) []int64 {
	slices.Sort(ids)
	return slices.Compact(ids)
}
