package netbox

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/diet-project/diet/mirror/kinds"
)

// Write configures a bulk request.
type Write struct {
	// Message goes into NetBox's changelog, from 4.4 on; cut to 200 characters.
	Message string

	// IfMatch are the tags of all objects of the request, as [ETag] makes them; sent from
	// NetBox 4.6 on. If one does not match, nothing is written and the error is
	// [ErrPrecondition].
	IfMatch []string
}

// Result is what a bulk request did.
type Result struct {
	// RequestID is the id of the request in NetBox's changelog.
	RequestID string

	// Objects are as NetBox has them now: of a create in the order of the request, of an
	// update in NetBox's own order, of a delete none.
	Objects []Object
}

// Object is one object as NetBox answered it.
type Object struct {
	ID  int64
	Raw json.RawMessage
}

// messageLimit is how long a changelog message may be, in characters.
const messageLimit = 200

// ETag is the tag of an object, as NetBox 4.6 makes it from last_updated (RFC 3339, as in JSON): in
// UTC whatever its time zone, and without a fraction of zero.
func ETag(lastUpdated string) string {
	t, err := time.Parse(time.RFC3339Nano, lastUpdated)
	if err != nil {
		return `W/"` + lastUpdated + `"`
	}
	format := "2006-01-02T15:04:05.000000"
	if t.Nanosecond() == 0 {
		format = "2006-01-02T15:04:05"
	}
	return `W/"` + t.UTC().Format(format) + `+00:00"`
}

// Create creates objects of a kind, in one request and one transaction: all or none. The
// objects of the result are in the order of items.
func (c *Client) Create(ctx context.Context, kind string, items []map[string]any, opt Write) (Result, error) {
	return c.write(ctx, http.MethodPost, kind, items, opt)
}

// Update changes objects of a kind, each with its "id", in one request and one
// transaction. Up to 4.6 NetBox skips ids that do not exist, or that the token may not
// change: then the result holds those that were written, and the error, which is
// [ErrNotFound], names the others.
func (c *Client) Update(ctx context.Context, kind string, items []map[string]any, opt Write) (Result, error) {
	return c.write(ctx, http.MethodPatch, kind, items, opt)
}

// Delete deletes objects of a kind, in one request and one transaction. Up to 4.6 an id
// that is already gone is no error; one that NetBox skipped for lack of permission is
// found by a re-read and named in the error, while the others are deleted. Behind a
// gateway that drops the bodies of DELETE requests, only one object can be deleted at a
// time; a longer list is refused as a whole.
func (c *Client) Delete(ctx context.Context, kind string, ids []int64, opt Write) (Result, error) {
	items := make([]map[string]any, len(ids))
	for i, id := range ids {
		items[i] = map[string]any{"id": id}
	}
	return c.write(ctx, http.MethodDelete, kind, items, opt)
}

func (c *Client) write(ctx context.Context, method, name string, items []map[string]any, opt Write) (Result, error) {
	if len(items) == 0 {
		return Result{}, nil
	}
	kind, ok := kinds.Standard().Of(name)
	if !ok {
		return Result{}, fmt.Errorf("%s: unknown kind %q", strings.ToLower(method), name)
	}
	caps, err := c.probed(ctx)
	if err != nil {
		return Result{}, err
	}
	req, err := bulk(method, kind, items, opt, caps)
	if err != nil {
		return Result{}, err
	}
	if method == http.MethodDelete && c.bodiless.Load() {
		return c.deleteByPath(ctx, req)
	}
	res, err := c.send(ctx, req)
	if lostBody(req, err) {
		c.bodiless.Store(true)
		return c.deleteByPath(ctx, req)
	}
	if err != nil {
		return Result{}, err
	}
	result := Result{RequestID: res.header.Get("X-Request-ID")}
	if method == http.MethodDelete {
		return result, c.undeleted(ctx, kind, req, res, caps)
	}
	if result.Objects, err = objects(req, res); err != nil {
		return result, err
	}
	return result, skipped(req, res, result.Objects)
}

// bulk makes the request.
func bulk(method string, kind kinds.Kind, items []map[string]any, opt Write, caps Caps) (request, error) {
	req := request{method: method, path: kind.Endpoint, count: len(items), header: http.Header{}}
	if method != http.MethodPost {
		for _, item := range items {
			id, ok := number(item["id"])
			if !ok {
				return req, fmt.Errorf("%s %s: an item has no id", strings.ToLower(method), kind.Endpoint)
			}
			req.ids = append(req.ids, id)
		}
	}
	if opt.Message != "" && caps.ChangelogMessage {
		items = withMessage(items, opt.Message)
	}
	if len(opt.IfMatch) > 0 && caps.IfMatch {
		req.header.Set("If-Match", strings.Join(opt.IfMatch, ", "))
	}
	var err error
	if req.body, err = json.Marshal(items); err != nil {
		return req, fmt.Errorf("encode %s: %w", kind.Name, err)
	}
	return req, nil
}

// withMessage copies the items and adds the changelog message.
func withMessage(items []map[string]any, message string) []map[string]any {
	if runes := []rune(message); len(runes) > messageLimit {
		message = string(runes[:messageLimit])
	}
	out := make([]map[string]any, len(items))
	for i, item := range items {
		out[i] = maps.Clone(item)
		out[i]["changelog_message"] = message
	}
	return out
}

// objects reads the answer to a create or update. If it cannot be read, the outcome of
// the write is unknown: it may well have happened.
func objects(req request, res *answer) ([]Object, error) {
	fail := func(detail string) error {
		return &Error{Method: req.method, Path: req.path, Status: res.status, Detail: detail, Unknown: true}
	}
	var raw []json.RawMessage
	if err := json.Unmarshal(res.body, &raw); err != nil {
		return nil, fail("the answer is not a list of objects")
	}
	out := make([]Object, len(raw))
	for i, r := range raw {
		var head struct {
			ID int64 `json:"id"`
		}
		if err := json.Unmarshal(r, &head); err != nil || head.ID < 1 {
			return nil, fail("the answer holds an object without an id")
		}
		out[i] = Object{ID: head.ID, Raw: r}
	}
	if req.method == http.MethodPost && len(out) != req.count {
		return nil, fail(fmt.Sprintf("%d objects sent, %d answered", req.count, len(out)))
	}
	return out, nil
}

// skipped names the ids of an update that NetBox skipped.
func skipped(req request, res *answer, written []Object) error {
	there := map[int64]bool{}
	for _, o := range written {
		there[o.ID] = true
	}
	return passedOver(req, res, func(id int64) bool { return !there[id] }, "not there, or the token may not change it")
}

// lostBody reports a bulk deletion that reached NetBox without its list: some gateways
// drop the bodies of DELETE requests.
func lostBody(req request, err error) bool {
	var e *Error
	return req.method == http.MethodDelete && errors.As(err, &e) && e.Status == http.StatusBadRequest &&
		strings.HasPrefix(e.Detail, "Expected a list of ")
}

// deleteByPath deletes one object by a request that needs no body, and so carries no
// changelog message. More than one it refuses: what is to be one transaction cannot be
// made of several requests.
func (c *Client) deleteByPath(ctx context.Context, req request) (Result, error) {
	if len(req.ids) > 1 {
		return Result{}, &Error{
			Method: req.method, Path: req.path, Status: http.StatusBadRequest,
			Detail: "a gateway drops the list of objects: delete them one by one",
		}
	}
	req.path += "/" + strconv.FormatInt(req.ids[0], 10)
	req.body = nil
	res, err := c.send(ctx, req)
	if err != nil {
		return Result{}, err
	}
	return Result{RequestID: res.header.Get("X-Request-ID")}, nil
}

// undeleted names the ids of a delete that still exist. If they cannot be read, the
// outcome is unknown.
func (c *Client) undeleted(ctx context.Context, kind kinds.Kind, req request, res *answer, caps Caps) error {
	if caps.StructuredBulkErrors {
		return nil
	}
	unread := func(err error) error {
		detail := "check what was deleted: " + err.Error()
		return &Error{Method: req.method, Path: req.path, Status: res.status, Detail: detail, Unknown: true, cause: err}
	}
	standing := map[int64]bool{}
	for page, err := range c.ByID(ctx, kind, req.ids, url.Values{"fields": {"id"}}) {
		if err != nil {
			return unread(err)
		}
		var env envelope
		if err := json.Unmarshal(page.Body, &env); err != nil {
			return unread(err)
		}
		for _, r := range env.Results {
			standing[r.ID] = true
		}
	}
	return passedOver(req, res, func(id int64) bool { return standing[id] }, "still there: the token may not delete it")
}

func passedOver(req request, res *answer, bad func(id int64) bool, detail string) error {
	e := &Error{Method: req.method, Path: req.path, Status: res.status}
	for i, id := range req.ids {
		if req.method != http.MethodPost && bad(id) {
			e.Items = append(e.Items, ItemError{Index: i, ID: id, Detail: detail})
		}
	}
	if len(e.Items) == 0 {
		return nil
	}
	e.Detail = fmt.Sprintf("%d of %d objects skipped", len(e.Items), len(req.ids))
	return e
}
