package engine

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/diet-project/diet/engine/apply"
	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/engine/lease"
	"github.com/diet-project/diet/engine/refer"
	"github.com/diet-project/diet/mirror"
	"github.com/diet-project/diet/mirror/netbox"
)

// logged is a row of NetBox's changelog.
type logged struct {
	ID     int64  `json:"id"`
	User   string `json:"user_name"`
	Action struct {
		Value string `json:"value"`
	} `json:"action"`
	Type      string          `json:"changed_object_type"`
	Object    int64           `json:"changed_object_id"`
	RequestID string          `json:"request_id"`
	Message   string          `json:"message"`
	Repr      string          `json:"object_repr"`
	Was       json.RawMessage `json:"prechange_data"`
	Is        json.RawMessage `json:"postchange_data"`
}

// Attached implements [apply.Reader]. The objects are judged again where others have
// changed anything since they were.
func (r *reader) Attached(ctx context.Context, run string, doomed []*change.Change) (map[int64]string, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	news, err := r.news(ctx, run, netbox.ChangeFields)
	switch {
	case errors.Is(err, netbox.ErrUnauthorized):
		// Without a changelog they are judged again each time.
	case err != nil:
		return nil, fmt.Errorf("read what was attached meanwhile: %w", err)
	case len(news) == 0:
		return nil, nil
	}
	if _, err := r.engine.sync(ctx, mirror.Options{}); err != nil {
		return nil, err
	}
	objects := make([]refer.Object, len(doomed))
	for i, c := range doomed {
		objects[i] = refer.Object{Kind: c.Kind, ID: c.NetBoxID}
	}
	judged, err := refer.Judge(ctx, refer.Config{DB: r.engine.db, NetBox: r.engine.client, Plan: r.plan, Others: r.others}, objects)
	if err != nil {
		return nil, fmt.Errorf("check what depends on the objects to delete: %w", err)
	}
	for _, row := range news {
		r.seen[row.ID] = true
	}
	out := map[int64]string{}
	touched := r.touched(news)
	for i, c := range doomed {
		if what := r.more(c, judged[objects[i]]); what != "" {
			out[c.NetBoxID] = "somebody attached " + what
		} else if what := r.edited(c, judged[objects[i]], touched); what != "" {
			out[c.NetBoxID] = "somebody changed " + what
		}
	}
	r.stayWith(doomed, judged, out)
	return out, nil
}

// touched are the objects that rows are about, but for those that are gone.
func (r *reader) touched(rows []logged) map[refer.Object]bool {
	out := map[refer.Object]bool{}
	for _, row := range rows {
		out[refer.Object{Kind: r.kindOf(row), ID: row.Object}] = row.Action.Value != "delete"
	}
	return out
}

// edited is what would go along with an object, or is plugged into it or stands in it, of the plan
// itself, and somebody has changed; "" for nothing.
func (r *reader) edited(c *change.Change, now *refer.Judgement, touched map[refer.Object]bool) string {
	for _, part := range r.parts[c.Object] {
		if touched[place(part)] {
			return part.Kind + " " + part.Object
		}
	}
	for _, t := range now.Ties {
		if touched[t.By] {
			return t.By.Kind + " " + t.Name
		}
	}
	return ""
}

// stayWith adds to what is not deleted what that is plugged into, or stands in.
func (r *reader) stayWith(doomed []*change.Change, judged map[refer.Object]*refer.Judgement, out map[int64]string) {
	for again := true; again; {
		again = false
		staying := map[refer.Object]bool{}
		for _, c := range doomed {
			if out[c.NetBoxID] == "" {
				continue
			}
			staying[place(c)] = true
			for _, part := range r.parts[c.Object] {
				staying[place(part)] = true
			}
		}
		for _, c := range doomed {
			at := slices.IndexFunc(judged[place(c)].Ties, func(t refer.Tie) bool { return staying[t.By] })
			if at >= 0 && out[c.NetBoxID] == "" {
				out[c.NetBoxID] = judged[place(c)].Ties[at].Name + " stays because of what somebody did"
				again = true
			}
		}
	}
}

// more says what depends on an object that nobody knew of when it was judged, "" for nothing.
// What the run itself has released since was known.
func (r *reader) more(c *change.Change, now *refer.Judgement) string {
	for _, ref := range slices.Concat(now.References, now.Edited) {
		if !foreseen(c, ref.Kind, ref.ID, ref.Name) && !r.released[refer.Object{Kind: ref.Kind, ID: ref.ID}] {
			return strings.TrimSpace(strings.ReplaceAll(ref.Kind, "_", " ") + " " + ref.Name)
		}
	}
	if now.Protected && !c.Protected {
		return "a protection from deletion"
	}
	return ""
}

func foreseen(c *change.Change, kind string, id int64, name string) bool {
	return slices.ContainsFunc(slices.Concat(c.References, c.Edited), func(ref change.Reference) bool {
		return ref.Kind == kind && ref.ID == id && (id != 0 || ref.Name == name)
	})
}

// judgedBy notes which changes the judgement of what is to be deleted knew of: those that
// the mirror had.
func (r *reader) judgedBy(ctx context.Context) error {
	var err error
	if r.low, err = r.engine.db.Settled(ctx); err != nil {
		return err
	}
	var ids []int64
	if err := r.engine.selectAll(ctx, &ids, "query/change_since", sql.Named("low", r.low)); err != nil {
		return err
	}
	r.seen = make(map[int64]bool, len(ids))
	for _, id := range ids {
		r.seen[id] = true
	}
	return nil
}

// news are the changes since the judgement, but for those of a run itself, with these fields.
func (r *reader) news(ctx context.Context, run, fields string) ([]logged, error) {
	own, err := r.engine.store.Requests(ctx, r.engine.client.Instance())
	if err != nil {
		return nil, err
	}
	var out []logged
	query := url.Values{"id__gt": {strconv.FormatInt(r.low, 10)}, "fields": {fields}}
	return out, r.log(ctx, query, func(row logged) {
		mine := strings.HasPrefix(row.Message, "diet "+run+"/") || strings.HasPrefix(row.Message, lease.Message)
		if !r.seen[row.ID] && !mine && !slices.Contains(own, row.RequestID) {
			out = append(out, row)
		}
	})
}

// log reads rows of the changelog.
func (r *reader) log(ctx context.Context, query url.Values, visit func(logged)) error {
	for page, err := range r.engine.client.Pages(ctx, netbox.ObjectChange, query) {
		if err != nil {
			return err
		}
		var body struct {
			Results []logged `json:"results"`
		}
		if err := json.Unmarshal(page.Body, &body); err != nil {
			return fmt.Errorf("read changelog: %w", err)
		}
		for _, row := range body.Results {
			visit(row)
		}
	}
	return nil
}

// changeWhole are the fields of a change with what it did, and the name of its object.
const changeWhole = netbox.ChangeFields + netbox.ChangeData + ",object_repr"

// Casualties implements [apply.Reader]: what a deletion has taken along, foreseen or not, and what others
// had refer to what is gone.
func (r *reader) Casualties(ctx context.Context, run, requestID string, doomed []*change.Change) ([]apply.Casualty, error) {
	var died []logged
	var out []apply.Casualty
	of := newDetachment(r.engine.db.Kinds(), doomed)
	err := r.log(ctx, url.Values{"request_id": {requestID}, "fields": {changeWhole}}, func(row logged) {
		switch kind := r.kindOf(row); {
		case row.RequestID != requestID:
		case row.Action.Value != "delete":
			of.emptied = append(of.emptied, row)
		case slices.ContainsFunc(doomed, func(c *change.Change) bool { return foreseen(c, kind, row.Object, "") }):
			out = append(out, apply.Casualty{Kind: kind, ID: row.Object, Name: nameOf(row), Was: row.Was, Foreseen: true})
		default:
			of.gone[thing{row.Type, row.Object}] = true
			if !r.expected(row, doomed) {
				died = append(died, row)
			}
		}
	})
	if err != nil {
		return out, err
	}
	fields, err := r.referring(ctx, of)
	if err != nil || len(died)+len(of.emptied)+len(fields) == 0 {
		return out, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	news, err := r.news(ctx, run, changeWhole)
	if err != nil {
		return out, err
	}
	unjudged := slices.ContainsFunc(doomed, func(c *change.Change) bool { return len(c.Unjudged) > 0 })
	for _, row := range died {
		at := slices.IndexFunc(news, func(n logged) bool {
			return n.Type == row.Type && n.Object == row.Object && n.Action.Value != "delete"
		})
		if at < 0 && (!unjudged || r.isPart(row)) {
			continue
		}
		c := apply.Casualty{Kind: r.kindOf(row), ID: row.Object, Name: nameOf(row), Was: row.Was}
		if at >= 0 {
			c.User = news[at].User
		}
		out = append(out, c)
	}
	return append(out, r.detached(of, fields, news)...), nil
}

// expected reports whether it is no loss of somebody else's that the row of a deletion tells of.
func (r *reader) expected(row logged, doomed []*change.Change) bool {
	var was struct {
		CustomFields struct {
			Plan string `json:"diet_plan_id"`
		} `json:"custom_fields"`
	}
	_ = json.Unmarshal(row.Was, &was) // what cannot be read is not ours
	kind, known := r.engine.db.Kinds().Of(row.Type)
	return was.CustomFields.Plan == r.plan || known && kind.StandsFor != "" || slices.ContainsFunc(doomed, func(c *change.Change) bool {
		return c.Kind == kind.Name && c.NetBoxID == row.Object || foreseen(c, r.kindOf(row), row.Object, "")
	})
}

// isPart reports whether a row is about a part of another object.
func (r *reader) isPart(row logged) bool {
	kind, _ := r.engine.db.Kinds().Of(row.Type)
	return kind.Parent != ""
}

// kindOf is the kind of the object that a row is about, or its type where diet knows none.
func (r *reader) kindOf(row logged) string {
	for _, kind := range r.engine.db.Kinds().Known() {
		if kind.ObjectType == row.Type {
			return kind.Name
		}
	}
	return row.Type
}

// nameOf is what people call the object that a row is about.
func nameOf(row logged) string {
	var was map[string]any
	_ = json.Unmarshal(row.Was, &was) // then it has its number
	for _, v := range []any{row.Repr, was["name"], was["address"], was["label"]} {
		if s, ok := v.(string); ok && s != "" {
			return s
		}
	}
	return fmt.Sprint("#", row.Object)
}
