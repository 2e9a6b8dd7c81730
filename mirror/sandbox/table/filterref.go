package table

import (
	"fmt"
	"slices"
	"strconv"
)

// ReferenceFilter filters by a reference: by id, or by the slug or name.
func (s *Store) ReferenceFilter(m *Model, f *Field, byID bool, lookup string, values []string) (*Match, string) {
	if lookup != "" && lookup != "n" {
		return nil, ""
	}
	ids, none, msg := s.Resolve(f.Target, byID, values)
	if msg != "" {
		return nil, msg
	}
	if f.Name != "parent" {
		ids = s.Descendants(f.Target, ids)
	}
	if lookup == "" && !none {
		found := &Match{Known: true}
		for _, id := range ids {
			for _, r := range s.Tables[m.Kind].Pointing(f.Name, id) {
				found.IDs = With(found.IDs, r)
			}
		}
		return found, ""
	}
	return &Match{Test: func(r *Record) bool {
		id := r.Ref(f.Name)
		hit := slices.Contains(ids, id) || none && id == 0
		return hit == (lookup == "")
	}}, ""
}

// Resolve finds the ids that a filter by reference means; "null" is none.
func (s *Store) Resolve(kind string, byID bool, values []string) (ids []int64, none bool, msg string) {
	for _, v := range values {
		if v == "null" {
			none = true
			continue
		}
		if _, err := strconv.ParseInt(v, 10, 64); byID && err != nil {
			return nil, false, fmt.Sprintf("“%s” is not a valid value.", v)
		}
		found := s.Named(kind, byID, v)
		if len(found) == 0 {
			return nil, false, fmt.Sprintf("Select a valid choice. %s is not one of the available choices.", v)
		}
		ids = append(ids, found...)
	}
	return ids, none, ""
}

// Named lists the objects that a word in a filter stands for.
func (s *Store) Named(kind string, byID bool, v string) []int64 {
	tab := s.Tables[kind]
	if byID {
		if id, err := strconv.ParseInt(v, 10, 64); err == nil && tab.Rows[id] != nil {
			return []int64{id}
		}
		return nil
	}
	return tab.Texts[tab.model.Word][v]
}

// Descendants adds what lies below in a tree.
func (s *Store) Descendants(kind string, ids []int64) []int64 {
	if m := s.ByKind[kind]; m == nil || !m.Tree {
		return ids
	}
	all := slices.Clone(ids)
	for i := 0; i < len(all); i++ {
		all = append(all, s.Tables[kind].Pointing("parent", all[i])...)
	}
	return all
}

// Along filters by a reference that lies several steps away.
func Along(byID bool, steps ...string) Filter {
	return func(s *Store, lookup string, values []string) (*Match, string) {
		if lookup != "" && lookup != "n" {
			return nil, ""
		}
		target := ""
		return &Match{Test: func(r *Record) bool {
			at := r
			for _, step := range steps {
				if at = s.To(at, step); at == nil {
					return slices.Contains(values, "null") == (lookup == "")
				}
			}
			target = Plain(at.ID)
			if !byID {
				target = at.Text(at.Model.Word)
			}
			return slices.Contains(values, target) == (lookup == "")
		}}, ""
	}
}

// tagFilter filters by tag: all of those named must be there.
func (s *Store) tagFilter(m *Model, base, lookup string, values []string) (*Match, string) {
	if !m.Tagged || lookup != "" && lookup != "n" && lookup != "any" {
		return nil, ""
	}
	var sets [][]int64
	for _, v := range values {
		found := s.Named(s.Labels, base == "tag_id", v)
		if len(found) == 0 {
			return nil, fmt.Sprintf("Select a valid choice. %s is not one of the available choices.", v)
		}
		sets = append(sets, s.Tables[m.Kind].Tagged[found[0]])
	}
	has := func(r *Record) func([]int64) bool {
		return func(set []int64) bool { _, in := slices.BinarySearch(set, r.ID); return in }
	}
	switch lookup {
	case "n":
		return &Match{Test: func(r *Record) bool { return !slices.ContainsFunc(sets, has(r)) }}, ""
	case "any":
		return &Match{Test: func(r *Record) bool { return slices.ContainsFunc(sets, has(r)) }}, ""
	}
	return &Match{IDs: sets[0], Known: true, Test: func(r *Record) bool {
		return !slices.ContainsFunc(sets, func(set []int64) bool { return !has(r)(set) })
	}}, ""
}
