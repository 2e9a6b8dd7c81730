package engine

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/mirror/kinds"
	"github.com/diet-project/diet/mirror/netbox"
	"github.com/diet-project/diet/mirror/value"
)

// customLimit is what NetBox takes for a custom field.
type customLimit struct {
	ID      int64  `json:"id"`
	Name    string `json:"name"`
	Pattern string `json:"validation_regex"`
	Minimum any    `json:"validation_minimum"`
	Maximum any    `json:"validation_maximum"`

	Type struct {
		Value string `json:"value"`
	} `json:"type"`
	Set *choiceSet `json:"choice_set"`
}

// choiceSet is a set of choices of custom fields.
type choiceSet struct {
	ID    int64   `json:"id"`
	Name  string  `json:"name"`
	Base  any     `json:"base_choices"` // a list that NetBox brings along, which it does not tell here
	Extra [][]any `json:"extra_choices"`
}

// forbidden is the status of what the token may not do.
const forbidden = 403

// choiceSets are no kind that is mirrored.
var choiceSets = kinds.Kind{Name: "custom_field_choice_set", Endpoint: "extras/custom-field-choice-sets"}

// checkCustom finds the values of custom fields that a set would write and NetBox would not take: what is
// not in their set of choices, beyond a limit, or of another form. It asks NetBox where there are some.
func (e *Engine) checkCustom(ctx context.Context, set *change.Set) ([]UnknownChoice, error) {
	wants := customOf(set)
	if len(wants) == 0 {
		return nil, nil
	}
	limits, err := e.customLimits(ctx, slices.Sorted(maps.Keys(wants)))
	if err != nil {
		return nil, err
	}
	var out []UnknownChoice
	for _, name := range slices.Sorted(maps.Keys(wants)) {
		limit, there := limits[name]
		if !there {
			continue // that is told by the mirror
		}
		for _, w := range wants[name] {
			if w.Why, w.Known = limit.refuses(w.want); w.Why != "" {
				out = append(out, w.UnknownChoice)
			}
		}
	}
	return out, nil
}

// customWant is a value of a custom field.
type customWant struct {
	UnknownChoice
	want any
}

// customOf lists, by custom field, the values that a set would write, each once.
func customOf(set *change.Set) map[string][]*customWant {
	wants, at := map[string][]*customWant{}, map[[3]string]*customWant{}
	for i := range set.Changes {
		c := &set.Changes[i]
		if !c.Acts() || c.Action == change.Delete || c.Action == change.Own {
			continue
		}
		for _, f := range c.Fields {
			name, custom := strings.CutPrefix(f.Name, "cf.")
			planned := c.Action == change.Create || f.Class == change.Planned || f.Class == change.New
			if !custom || !planned || value.Empty(f.Want) {
				continue
			}
			text, is := f.Want.(string)
			if !is {
				text = fmt.Sprint(f.Want)
			}
			key := [3]string{c.Kind, name, text}
			if at[key] == nil {
				at[key] = &customWant{UnknownChoice{Kind: c.Kind, Field: f.Name, Value: text, First: c.Object}, f.Want}
				wants[name] = append(wants[name], at[key])
			}
			at[key].Objects++
		}
	}
	return wants
}

// customLimits reads what NetBox takes for custom fields.
func (e *Engine) customLimits(ctx context.Context, names []string) (map[string]customLimit, error) {
	fields := url.Values{"fields": {"id,name,type,choice_set,validation_regex,validation_minimum,validation_maximum"}, "name": names}
	list, err := listed[customLimit](ctx, e.client, e.db.Kinds().Must("custom_field"), fields)
	if err != nil {
		return nil, fmt.Errorf("read custom fields: %w", err)
	}
	out, ids := map[string]customLimit{}, []string{}
	for _, x := range list {
		if out[x.Name] = x; x.Set != nil {
			ids = append(ids, strconv.FormatInt(x.Set.ID, 10))
		}
	}
	if len(ids) == 0 {
		return out, nil
	}
	sets, err := listed[choiceSet](ctx, e.client, choiceSets, url.Values{"fields": {"id,name,base_choices,extra_choices"}, "id": ids})
	var refused *netbox.Error
	if errors.As(err, &refused) && refused.Status == forbidden {
		sets, err = nil, nil // of which nothing is known
	}
	if err != nil {
		return nil, fmt.Errorf("read choice sets: %w", err)
	}
	for name, x := range out {
		if x.Set != nil {
			at := slices.IndexFunc(sets, func(s choiceSet) bool { return s.ID == x.Set.ID })
			if x.Set = nil; at >= 0 {
				x.Set = &sets[at]
			}
			out[name] = x
		}
	}
	return out, nil
}

// listed reads all pages of a list.
func listed[T any](ctx context.Context, client *netbox.Client, kind kinds.Kind, query url.Values) ([]T, error) {
	var out []T
	for page, err := range client.Pages(ctx, kind, query) {
		if err != nil {
			return nil, err
		}
		var body struct {
			Results []T `json:"results"`
		}
		if err := json.Unmarshal(page.Body, &body); err != nil {
			return nil, err
		}
		out = append(out, body.Results...)
	}
	return out, nil
}

// refuses says why NetBox would not take a value of a field's type, with the choices that there are; ""
// where it would, or where nothing is known.
func (l customLimit) refuses(v any) (why string, known []string) {
	switch l.Type.Value {
	case "text", "longtext":
		form, err := regexp.Compile("^(?:" + l.Pattern + ")")
		if text, is := v.(string); is && err == nil && !form.MatchString(text) {
			return fmt.Sprintf("it takes what the pattern %s matches", l.Pattern), nil
		}
	case "integer", "decimal":
		n, is := number(v)
		if low, has := number(l.Minimum); is && has && n < low {
			return fmt.Sprintf("it takes %v at least", l.Minimum), nil
		}
		if high, has := number(l.Maximum); is && has && n > high {
			return fmt.Sprintf("it takes %v at most", l.Maximum), nil
		}
	case "select", "multiselect":
		return l.Set.lacks(v)
	}
	return "", nil
}

// lacks says that a value, or one of a list, is not in a set of choices.
func (s *choiceSet) lacks(v any) (why string, known []string) {
	if s == nil || s.Base != nil {
		return "", nil
	}
	for _, pair := range s.Extra {
		if len(pair) > 0 {
			known = append(known, fmt.Sprint(pair[0]))
		}
	}
	list, several := v.([]any)
	if !several {
		list = []any{v}
	}
	for _, x := range list {
		if !slices.Contains(known, fmt.Sprint(x)) {
			return fmt.Sprintf("it takes a choice of the set %q", s.Name), known
		}
	}
	return "", nil
}

// number is a value as a number, if it is one.
func number(v any) (float64, bool) {
	switch v := v.(type) {
	case int64:
		return float64(v), true
	case float64:
		return v, true
	case string: // as some releases write decimals
		n, err := strconv.ParseFloat(v, 64)
		return n, err == nil
	}
	return 0, false
}
