package mirror

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/diet-project/diet/mirror/kinds"
	"github.com/diet-project/diet/mirror/value"
)

// logged is a row of NetBox's changelog, its values not decoded yet.
type logged struct {
	changeRow
	texts []string // of [loggedMembers]
}

// loggedMembers are the members of a row that are read; those of the data last.
var loggedMembers = []string{
	"id", "time", "user_name", "request_id", "action", "changed_object_type", "changed_object_id", "message",
	"prechange_data", "postchange_data",
}

// loggedRows reads a page of the changelog, NetBox's JSON.
func loggedRows(page string) ([]logged, error) {
	list := value.List(value.Pick(page, "results")[0])
	rows := make([]logged, len(list))
	for i, text := range list {
		r := logged{texts: value.Pick(text, loggedMembers...)}
		id, ok := value.ID(value.Scalar(r.texts[0]))
		if !ok {
			return nil, fmt.Errorf("read changelog: a change has no id: %.60s", text)
		}
		object, _ := value.ID(value.Scalar(r.texts[6]))
		action, _ := value.Find(r.texts[4], "value").(string)
		r.changeRow = changeRow{ID: id, ObjectType: r.text(5), ObjectID: object, Action: action, Request: r.text(3)}
		rows[i] = r
	}
	return rows, nil
}

// text is the value of a member that is a text.
func (r logged) text(member int) string {
	s, _ := value.Scalar(r.texts[member]).(string)
	return s
}

// time is when the change was made.
func (r logged) time() string { return value.Instant(r.text(1)) }

// before and after are what the object was, and is, as JSON; "" or null where the row does
// not say.
func (r logged) before() string { return r.texts[8] }
func (r logged) after() string  { return r.texts[9] }

// columns are those of the table object_change, in the order of ingest/object_change. slugs
// are those of tags by name: the changelog names tags.
func (r logged) columns(slugs value.Object) ([]any, error) {
	row := []any{r.ID, r.time(), r.text(2), r.Request, r.Action, r.ObjectType, r.ObjectID, r.text(7), nil, nil, nil, nil, nil}
	var err error
	switch r.Action {
	case "delete":
		was := value.Split(r.before())
		custom := value.Split(was["custom_fields"])
		row[8], row[9] = filled(custom["diet_object_id"]), filled(custom["diet_plan_id"])
		row[10] = cmp.Or(filled(was["name"]), value.Scalar(was["label"]))
	case "update":
		row[8], row[9] = r.overwritten()
		row[11], row[12], err = changes(r.before(), r.after(), slugs)
	}
	return row, err
}

// overwritten are the diet id and the plan that diet's record of the object had before a change that
// wrote others; nil where it did not.
func (r logged) overwritten() (object, plan any) {
	was, is := recordIn(r.before()), recordIn(r.after())
	if len(is) == 0 || was["object"] == is["object"] && was["plan"] == is["plan"] {
		return nil, nil
	}
	return filled(was["object"]), filled(was["plan"])
}

// recordIn is diet's own record of an object.
func recordIn(object string) value.Object {
	return value.Split(value.Split(value.Split(object)["custom_fields"])[kinds.Record])
}

// filled is a value that is neither null nor empty, or nil.
func filled(text string) any {
	if v := value.Scalar(text); v != "" {
		return v
	}
	return nil
}

// listed are ids and requests of rows, as a page of NetBox's that has nothing else.
func listed(rows []logged) string {
	var b strings.Builder
	b.WriteString(`{"results": [`)
	for i, r := range rows {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(`{"id":` + strconv.FormatInt(r.ID, 10) + `,"request_id":` + cmp.Or(r.texts[3], "null") + `}`)
	}
	b.WriteString(`]}`)
	return b.String()
}

// unknown are the rows that the mirror does not have, in order.
func (ss *session) unknown(ctx context.Context, rows []logged) ([]logged, error) {
	ids := make([]int64, len(rows))
	for i, r := range rows {
		ids[i] = r.ID
	}
	known, err := pick[int64](ctx, ss.tx, ss.statement("query/sync_change_known"), idList(ids))
	if err != nil {
		return nil, err
	}
	out := slices.DeleteFunc(slices.Clone(rows), func(r logged) bool {
		_, is := slices.BinarySearch(known, r.ID)
		return is
	})
	slices.SortFunc(out, func(a, b logged) int { return cmp.Compare(a.ID, b.ID) })
	return out, nil
}

// log writes rows into the mirror; what a row with data says more is written over one that
// the mirror has without.
func (ss *session) log(ctx context.Context, rows []logged) error {
	if len(rows) == 0 {
		return nil
	}
	slugs, err := ss.tagSlugs(ctx, rows)
	if err != nil {
		return err
	}
	changes := make([][]any, len(rows))
	for i, r := range rows {
		if ss.oldest == 0 || r.ID < ss.oldest {
			ss.oldest = r.ID
		}
		if changes[i], err = r.columns(slugs); err != nil {
			return fmt.Errorf("read change %d: %w", r.ID, err)
		}
	}
	return write(ctx, ss.tx, ss.statement("ingest/object_change"), "change", changes)
}

// tagSlugs are the slugs of tags by name, as JSON text. Where rows name other tags than the mirror has
// by now, NetBox is asked for all, once in a sync: the changelog is read ahead of the kinds.
func (ss *session) tagSlugs(ctx context.Context, rows []logged) (value.Object, error) {
	pairs, err := pick[tagName](ctx, ss.tx, ss.statement("query/tag_slug"))
	if err != nil {
		return nil, err
	}
	slugs := make(value.Object, len(pairs))
	add := func(pairs []tagName) {
		for _, p := range pairs {
			slugs[p.Name] = strconv.Quote(p.Slug)
		}
	}
	add(ss.tagNames)
	add(pairs)
	if ss.tagNames != nil || !slices.ContainsFunc(rows, func(r logged) bool { return r.namesOther(slugs) }) {
		return slugs, nil
	}
	ss.tagNames = []tagName{}
	for page, err := range ss.pages(ctx, ss.all(ss.kinds().Must("tag"), url.Values{"fields": {"id,name,slug"}})) {
		var body struct{ Results []tagName }
		if err == nil {
			err = json.Unmarshal(page.Body, &body)
		}
		if denied(err) {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("read tags: %w", err)
		}
		ss.tagNames = append(ss.tagNames, body.Results...)
	}
	add(ss.tagNames)
	return slugs, nil
}

type tagName struct{ Name, Slug string }

// namesOther reports whether a row names a tag that is not among the known ones.
func (r logged) namesOther(slugs value.Object) bool {
	if r.Action != "update" {
		return false
	}
	for _, side := range []string{r.before(), r.after()} {
		for _, name := range texts(value.Split(side)["tags"]) {
			if _, known := slugs[name]; !known {
				return true
			}
		}
	}
	return false
}
