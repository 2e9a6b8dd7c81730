package engine

import (
	"maps"
	"slices"

	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/mirror/kinds"
	"github.com/diet-project/diet/mirror/value"
)

// noteTags notes which tags a write put on an object: those that it did not have before. Older
// programs wrote them by their slugs.
func (d *deed) noteTags(body map[string]any) {
	list, _ := body["tags"].([]any)
	for _, t := range list {
		field := fieldOfTag(t, body)
		had := slices.ContainsFunc(slices.Collect(maps.Values(d.was.Tags)), func(v any) bool { return value.Equal(v, value.Of(t)) })
		if _, called := d.was.Fields[field]; !had && !called && field != "" && !slices.Contains(d.tags, field) {
			d.tags = append(d.tags, field)
		}
	}
}

// fieldOfTag is the field that a tag is of which a write speaks; "" where it does not say that.
func fieldOfTag(t any, body map[string]any) string {
	if dict, bySlug := t.(map[string]any); bySlug {
		slug, _ := dict["slug"].(string)
		return kinds.TagField(slug)
	}
	custom, _ := body["custom_fields"].(map[string]any)
	record, _ := custom[kinds.Record].(map[string]any)
	ids, _ := record["ids"].(map[string]any)
	for field, id := range ids {
		if kinds.IsTag(field) && value.Equal(value.Of(id), value.Of(t)) {
			return field
		}
	}
	return ""
}

// tagSlugs are the slugs of tags by the plan, of their fields.
func tagSlugs(fields []string) []string {
	out := make([]string, len(fields))
	for i, field := range fields {
		out[i], _ = kinds.TagOf(field)
	}
	return out
}

// tagIDs are the NetBox ids of an object's tags, in order: whatever those are called.
func tagIDs(b *change.Before) []int64 {
	out := make([]int64, 0, len(b.Tags))
	for _, v := range b.Tags {
		id, _ := value.ID(v)
		out = append(out, id)
	}
	slices.Sort(out)
	return out
}
