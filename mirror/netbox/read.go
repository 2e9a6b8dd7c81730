package netbox

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"maps"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/diet-project/diet/mirror/kinds"
)

// Page is one page of a list.
type Page struct {
	Body    []byte    // the raw JSON: {"count", "next", "previous", "results"}
	Objects []string  // the raw JSON of each of its objects
	Len     int       // how many objects it holds
	IDs     []int64   // of its objects, ascending
	LastID  int64     // of its last object
	Count   int       // how many objects there are from this page on; 0 if NetBox does not say
	Date    time.Time // the server's clock; zero if unknown
}

// The most that goes into one URL: web servers cut off at about 4094 bytes.
const (
	maxIDs = 100
	maxURL = 4000
)

// Pages reads a kind in order of id, page by page. query filters; its fields= replaces
// the kind's, its id__gt= is where to start. Reads are retried a few times. The sequence
// ends after an error.
//
// The changelog of a branch goes on from NetBox's own: [ObjectChange] is read from both.
func (c *Client) Pages(ctx context.Context, kind kinds.Kind, query url.Values) iter.Seq2[Page, error] {
	return func(yield func(Page, error) bool) {
		for _, from := range c.sources(ctx, kind, query) {
			last, _ := strconv.ParseInt(query.Get("id__gt"), 10, 64)
			for more := true; more; {
				var page Page
				var err error
				if page, more, err = c.page(from.ctx, kind, from.query, last); err != nil {
					yield(Page{}, err)
					return
				}
				if page.Len == 0 {
					break
				}
				if !yield(page, nil) {
					return
				}
				last = page.LastID
			}
		}
	}
}

// source is where a list is read.
type source struct {
	ctx   context.Context //nolint:containedctx // it says where
	query url.Values
}

// sources are the lists that a kind is read from, in order of id.
func (c *Client) sources(ctx context.Context, kind kinds.Kind, query url.Values) []source {
	if c.branch == nil || kind.Endpoint != ObjectChange.Endpoint {
		return []source{{ctx, query}}
	}
	return []source{{onTrunk(ctx), with(query, "id__lte", []string{strconv.FormatInt(c.branch.Trunk, 10)})}, {ctx, query}}
}

// Each decodes the objects of all pages, one page at a time.
func Each[T any](pages iter.Seq2[Page, error]) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var none T
		for page, err := range pages {
			if err != nil {
				yield(none, err)
				return
			}
			var body struct {
				Results []T `json:"results"`
			}
			if err := json.Unmarshal(page.Body, &body); err != nil {
				yield(none, err)
				return
			}
			for _, o := range body.Results {
				if !yield(o, nil) {
					return
				}
			}
		}
	}
}

// All is Each in a list.
func All[T any](pages iter.Seq2[Page, error]) ([]T, error) {
	var all []T
	for o, err := range Each[T](pages) {
		if err != nil {
			return nil, err
		}
		all = append(all, o)
	}
	return all, nil
}

// page reads the page of ids greater than last. more says that others follow.
func (c *Client) page(ctx context.Context, kind kinds.Kind, query url.Values, last int64) (Page, bool, error) {
	q := maps.Clone(query)
	if q == nil {
		q = url.Values{}
	}
	if !q.Has("fields") {
		q.Set("fields", kind.Select())
	}
	q.Set("limit", strconv.Itoa(c.pageSize))
	q.Del("id__gt")
	if c.caps().StartCursor {
		// Spares NetBox a COUNT(*) per page.
		q.Set("start", strconv.FormatInt(last+1, 10))
	} else {
		q.Set("ordering", "id")
		q.Set("id__gt", strconv.FormatInt(last, 10))
	}
	res, err := c.send(ctx, request{method: http.MethodGet, path: kind.Endpoint, query: q})
	if err != nil {
		return Page{}, false, err
	}
	env, objects, err := readEnvelope(res.body)
	if err != nil {
		return Page{}, false, fmt.Errorf("get %s: not a page of a NetBox list: %w", kind.Endpoint, err)
	}
	page := Page{Body: res.body, Objects: objects, Len: len(env.Results), Date: res.date()}
	if env.Count != nil {
		page.Count = *env.Count
	}
	page.LastID = last
	for _, r := range env.Results {
		// NetBox silently ignores a filter that it does not know.
		if r.ID <= page.LastID {
			return Page{}, false, fmt.Errorf("get %s: NetBox does not page by id", kind.Endpoint)
		}
		page.LastID = r.ID
		page.IDs = append(page.IDs, r.ID)
	}
	return page, env.Next != nil, nil
}

// Last returns the greatest id of a kind, 0 if there is none.
func (c *Client) Last(ctx context.Context, kind kinds.Kind) (last int64, err error) {
	for _, from := range c.sources(ctx, kind, nil) {
		id, err := c.last(from.ctx, kind.Endpoint, from.query)
		if err != nil {
			return 0, err
		}
		last = max(last, id)
	}
	return last, nil
}

func (c *Client) last(ctx context.Context, at string, query url.Values) (int64, error) {
	q := with(query, "ordering", []string{"-id"})
	q.Set("limit", "1")
	q.Set("fields", "id")
	res, err := c.send(ctx, request{method: http.MethodGet, path: at, query: q})
	if err != nil {
		return 0, err
	}
	var env envelope
	if err := json.Unmarshal(res.body, &env); err != nil {
		return 0, fmt.Errorf("get %s: not a page of a NetBox list: %w", at, err)
	}
	if len(env.Results) == 0 {
		return 0, nil
	}
	return env.Results[0].ID, nil
}

// Count returns how many objects of a kind match, without reading them.
func (c *Client) Count(ctx context.Context, kind kinds.Kind, query url.Values) (n int, err error) {
	for _, from := range c.sources(ctx, kind, query) {
		q := with(from.query, "limit", []string{"1"})
		q.Set("fields", "id")
		res, err := c.send(from.ctx, request{method: http.MethodGet, path: kind.Endpoint, query: q})
		if err != nil {
			return 0, err
		}
		var env envelope
		if err := json.Unmarshal(res.body, &env); err != nil || env.Count == nil {
			return 0, fmt.Errorf("get %s: not a page of a NetBox list", kind.Endpoint)
		}
		n += *env.Count
	}
	return n, nil
}

// Lists reports whether the root of an endpoint's app (GET /api/ipam/) names the endpoint. NetBox has
// what it names there, whatever the endpoint itself answers: a gateway may hide it. An app that is
// not there names nothing.
func (c *Client) Lists(ctx context.Context, kind kinds.Kind) (bool, error) {
	app, name := path.Split(kind.Endpoint)
	names, err := c.Root(ctx, strings.TrimSuffix(app, "/"))
	if errors.Is(err, ErrNotFound) {
		return false, nil
	}
	return slices.Contains(names, name), err
}

// Root returns what the root of an app (ipam, plugins, plugins/x) names, sorted.
func (c *Client) Root(ctx context.Context, app string) ([]string, error) {
	res, err := c.send(ctx, request{method: http.MethodGet, path: app})
	if err != nil {
		return nil, err
	}
	var root map[string]any
	if err := json.Unmarshal(res.body, &root); err != nil {
		return nil, fmt.Errorf("get %s: %w", app, errNoRoot)
	}
	return slices.Sorted(maps.Keys(root)), nil
}

// errNoRoot is an answer that no root of an app gives.
var errNoRoot = errors.New("not a list of NetBox's endpoints")

// ByID reads the objects with these ids, in as many requests as needed. Ids that do not
// exist, or that the token may not see, are left out. query adds to the filter; its
// fields= replaces the kind's.
func (c *Client) ByID(ctx context.Context, kind kinds.Kind, ids []int64, query url.Values) iter.Seq2[Page, error] {
	return func(yield func(Page, error) bool) {
		for len(ids) > 0 {
			n := c.fit(kind, ids, query)
			for page, err := range c.Pages(ctx, kind, with(query, "id", texts(ids[:n]))) {
				if !yield(page, err) || err != nil {
					return
				}
			}
			ids = ids[n:]
		}
	}
}

// fit returns how many of the ids go into one URL.
func (c *Client) fit(kind kinds.Kind, ids []int64, query url.Values) int {
	length := len(c.base) + len(kind.Endpoint) + 3*len(kind.Select()) + len(query.Encode()) + 100
	n := 0
	for n < len(ids) && n < maxIDs {
		length += len("&id=") + len(strconv.FormatInt(ids[n], 10))
		if length > maxURL && n > 0 {
			break
		}
		n++
	}
	return n
}

// with is a query with one more key.
func with(query url.Values, key string, values []string) url.Values {
	q := maps.Clone(query)
	if q == nil {
		q = url.Values{}
	}
	q[key] = values
	return q
}

func texts(ids []int64) []string {
	out := make([]string, len(ids))
	for i, id := range ids {
		out[i] = strconv.FormatInt(id, 10)
	}
	return out
}
