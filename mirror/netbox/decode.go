package netbox

import (
	"bytes"
	"encoding/json"
	"fmt"
	"html"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// longest is how much of an answer's text an error keeps, in bytes.
const longest = 2000

// explain fills an error from the body of an answer, in any of the shapes that NetBox
// 4.2 to 4.7 uses. ids are those of the request, by index; nil for a create. count is
// how many objects the request held.
func (e *Error) explain(body []byte, ids []int64, count int) {
	var v any
	dec := json.NewDecoder(bytes.NewReader(body))
	dec.UseNumber()
	if err := dec.Decode(&v); err != nil {
		e.Detail = clip(plain(body))
		return
	}
	switch v := v.(type) {
	case []any:
		e.explainList(v)
	case map[string]any:
		e.explainDict(v, count)
	default:
		e.Detail = clip(flatten(v))
	}
	e.complete(ids)
}

// explainList reads one entry per object, {} for the good ones; or plain texts.
func (e *Error) explainList(list []any) {
	var texts []string
	for i, entry := range list {
		switch entry := entry.(type) {
		case map[string]any:
			if len(entry) > 0 {
				e.Items = append(e.Items, ItemError{Index: i, Detail: clip(flatten(entry))})
			}
		default:
			texts = append(texts, flatten(entry))
		}
	}
	e.Detail = clip(strings.Join(texts, " "))
	if e.Detail == "" && len(e.Items) > 0 {
		e.Detail = fmt.Sprintf("%d of %d objects refused", len(e.Items), len(list))
	}
}

func (e *Error) explainDict(dict map[string]any, count int) {
	if list, ok := dict["errors"].([]any); ok {
		e.Detail = clip(flatten(dict["detail"]))
		for _, entry := range list {
			e.Items = append(e.Items, structured(entry))
		}
		return
	}
	if name, ok := dict["exception"].(string); ok {
		e.exception = name
		e.Detail = clip(oneLine(name + ": " + text(dict["error"])))
		return
	}
	if detail, ok := dict["detail"]; ok && len(dict) == 1 {
		e.Detail = clip(oneLine(flatten(detail)))
		return
	}
	if items := indexed(dict); items != nil {
		e.Items = items
		e.Detail = fmt.Sprintf("%d of %d objects refused", len(items), count)
		return
	}
	// The first failing object's errors, and no word about which it is.
	e.Detail = clip(flatten(dict))
	if count == 1 {
		e.Items = []ItemError{{Index: 0, Detail: e.Detail}}
	}
}

// structured reads an entry of 4.7's errors: {"index": 1, "errors": {...}}, or with "id"
// instead of "index".
func structured(entry any) ItemError {
	item := ItemError{Index: -1}
	dict, ok := entry.(map[string]any)
	if !ok {
		item.Detail = clip(flatten(entry))
		return item
	}
	if n, ok := number(dict["index"]); ok && n >= 0 {
		item.Index = int(n)
	}
	item.ID, _ = number(dict["id"])
	item.Detail = clip(flatten(dict["errors"]))
	if item.Detail == "" {
		item.Detail = "not found"
	}
	return item
}

// indexed reads a dict keyed by index, {"1": {...}}; nil if it is none.
func indexed(dict map[string]any) []ItemError {
	var items []ItemError
	for key, value := range dict {
		i, err := strconv.Atoi(key)
		if err != nil || i < 0 {
			return nil
		}
		items = append(items, ItemError{Index: i, Detail: clip(flatten(value))})
	}
	slices.SortFunc(items, func(a, b ItemError) int { return a.Index - b.Index })
	return items
}

// complete fills ids from indexes and indexes from ids.
func (e *Error) complete(ids []int64) {
	for i := range e.Items {
		item := &e.Items[i]
		switch {
		case item.ID == 0 && item.Index >= 0 && item.Index < len(ids):
			item.ID = ids[item.Index]
		case item.ID != 0 && item.Index < 0:
			item.Index = slices.Index(ids, item.ID)
		}
	}
}

// flatten puts a tree of messages on one line: "name: too long; site: ...". Keys are
// sorted; those for the object as a whole are left out.
func flatten(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case []any:
		parts := make([]string, 0, len(v))
		for _, entry := range v {
			parts = append(parts, flatten(entry))
		}
		return strings.Join(parts, " ")
	case map[string]any:
		parts := make([]string, 0, len(v))
		for _, key := range sortedKeys(v) {
			message := flatten(v[key])
			if key != "__all__" && key != "non_field_errors" && key != "detail" {
				message = key + ": " + message
			}
			parts = append(parts, message)
		}
		return strings.Join(parts, "; ")
	}
	return oneLine(text(v))
}

func sortedKeys(m map[string]any) []string {
	keys := make([]string, 0, len(m))
	for key := range m {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}

func text(v any) string {
	if v == nil {
		return ""
	}
	return fmt.Sprint(v)
}

func number(v any) (int64, bool) {
	n, err := strconv.ParseInt(text(v), 10, 64)
	return n, err == nil
}

var (
	title = regexp.MustCompile(`(?is)<title>(.*?)</title>`)
	tags  = regexp.MustCompile(`(?s)<[^>]*>`)
)

// plain makes text of an answer that is not JSON: the title of an HTML page.
func plain(body []byte) string {
	s := strings.ToValidUTF8(string(body), "\uFFFD")
	if m := title.FindStringSubmatch(s); m != nil {
		s = m[1]
	}
	return oneLine(html.UnescapeString(tags.ReplaceAllString(s, " ")))
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

func clip(s string) string {
	if len(s) <= longest {
		return s
	}
	return strings.ToValidUTF8(s[:longest], "") + "…"
}
