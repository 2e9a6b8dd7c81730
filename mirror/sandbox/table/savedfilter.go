package table

import (
	"maps"
	"slices"
)

// unfold adds the parameters of the saved filters that a list is asked for by.
func (s *Store) unfold(params map[string][]string) map[string][]string {
	slugs, numbers, saved := params["filter"], params["filter_id"], s.Tables[s.saved]
	if saved == nil || len(slugs)+len(numbers) == 0 {
		return params
	}
	all := maps.Clone(params)
	delete(all, "filter")
	delete(all, "filter_id")
	for _, r := range saved.Rows {
		if slices.Contains(slugs, r.Text("slug")) || slices.Contains(numbers, Plain(r.ID)) {
			given, _ := r.Get("parameters").(map[string]any)
			for name, v := range given {
				all[name] = append(slices.Clip(all[name]), parameter(v)...)
			}
		}
	}
	return all
}

// parameter are the values of a saved parameter, which may be a list or one.
func parameter(v any) []string {
	list, many := v.([]any)
	if !many {
		list = []any{v}
	}
	out := make([]string, len(list))
	for i, v := range list {
		out[i] = Plain(v)
	}
	return out
}
