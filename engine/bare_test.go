package engine_test

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"golang.org/x/sync/errgroup"

	"github.com/diet-project/diet/mirror/kinds"
)

// bare is a client of a real NetBox that does nothing but its requests.
type bare struct {
	b      *testing.B
	client *http.Client

	mu  sync.Mutex
	ids map[string]map[int64]int64 // by endpoint: the ids that objects have now, by those that they had
}

func newBare(b *testing.B) *bare {
	return &bare{b: b, ids: map[string]map[int64]int64{}, client: &http.Client{
		Transport: &http.Transport{DisableKeepAlives: true}, // gunicorn closes connections that lie idle
	}}
}

// ask makes a request, and decodes its answer.
func (w *bare) ask(method, path string, body []byte, into any) error {
	req, err := http.NewRequestWithContext(w.b.Context(), method, os.Getenv("NETBOX_URL")+path, bytes.NewReader(body))
	if err != nil {
		return err
	}
	keyword := "Token "
	if strings.HasPrefix(os.Getenv("NETBOX_TOKEN"), "nbt_") {
		keyword = "Bearer "
	}
	req.Header.Set("Authorization", keyword+os.Getenv("NETBOX_TOKEN"))
	req.Header.Set("Content-Type", "application/json")
	res, err := w.client.Do(req)
	if err != nil {
		return err
	}
	defer func() { _ = res.Body.Close() }()
	text, err := io.ReadAll(res.Body)
	if err != nil || len(text) == 0 {
		return err
	}
	if res.StatusCode >= http.StatusMultipleChoices {
		return fmt.Errorf("%s %s: %s %.300s", method, path, res.Status, text)
	}
	return json.Unmarshal(text, into)
}

// download reads all objects of all kinds that diet mirrors, some pages at once, and says
// by how many requests.
func (w *bare) download() int {
	const most = 1000
	asked := 0
	var group errgroup.Group
	group.SetLimit(parallel)
	for _, kind := range kinds.Standard().All() {
		query := url.Values{"limit": {strconv.Itoa(most)}, "fields": {kind.Select()}, "ordering": {"id"}}
		var page struct{ Count int }
		mustBench(w.b, w.ask(http.MethodGet, "/api/"+kind.Endpoint+"/?"+query.Encode(), nil, &page))
		asked++
		for at := most; at < page.Count; at += most {
			asked++
			query.Set("offset", strconv.Itoa(at))
			path := "/api/" + kind.Endpoint + "/?" + query.Encode()
			group.Go(func() error { return w.ask(http.MethodGet, path, nil, &struct{}{}) })
		}
	}
	mustBench(w.b, group.Wait())
	return asked
}

// ports are the ids of all interfaces, by the names of device and interface.
func (w *bare) ports() map[string]int64 {
	out := map[string]int64{}
	for next := "/api/dcim/interfaces/?limit=1000&ordering=id&fields=id,name,device"; next != ""; {
		var page struct {
			Next    string
			Results []struct {
				ID     int64
				Name   string
				Device struct{ Name string }
			}
		}
		mustBench(w.b, w.ask(http.MethodGet, next, nil, &page))
		for _, r := range page.Results {
			out[r.Device.Name+" "+r.Name] = r.ID
		}
		_, next, _ = strings.Cut(page.Next, "/api/")
		if next != "" {
			next = "/api/" + next
		}
	}
	return out
}

// write sends writes again, on a server where objects get other ids: those of one endpoint
// in a row some at once, in their order. old are the ids that interfaces had, most of which
// NetBox makes by itself.
func (w *bare) write(list []*exchange, old map[string]int64) {
	known := false
	for len(list) > 0 {
		endpoint, _ := split(list[0].path)
		n := slices.IndexFunc(list, func(x *exchange) bool {
			at, _ := split(x.path)
			return at != endpoint || x.method != list[0].method
		})
		if n < 0 {
			n = len(list)
		}
		if !known && endpoint == "dcim/interfaces" {
			known = true
			now := w.ports()
			for name, id := range old {
				if at, ok := now[name]; ok {
					w.learn(endpoint, id, at)
				}
			}
		}
		var group errgroup.Group
		group.SetLimit(parallel)
		for _, x := range list[:n] {
			group.Go(func() error { return w.resend(x) })
		}
		mustBench(w.b, group.Wait())
		list = list[n:]
	}
}

// resend sends one write with the ids that its objects have now. What a deadlock stops is
// sent again.
func (w *bare) resend(x *exchange) error {
	endpoint, id := split(x.path)
	items, err := objectsOf(x.body)
	if err != nil {
		return err
	}
	for _, item := range items {
		w.renumber(endpoint, item)
	}
	path := "/api/" + endpoint + "/"
	if id > 0 {
		path += strconv.FormatInt(w.now(endpoint, id), 10) + "/"
	}
	var whole any = items
	if !bytes.HasPrefix(bytes.TrimSpace(x.body), []byte("[")) {
		whole = items[0]
	}
	body, err := json.Marshal(whole)
	if err != nil {
		return err
	}
	var raw json.RawMessage
	for range 3 {
		if err = w.ask(x.method, path, body, &raw); err == nil || !strings.Contains(err.Error(), "deadlock") {
			break
		}
	}
	if err != nil || x.method != http.MethodPost {
		return err
	}
	return w.compare(endpoint, x.answer, raw)
}

// compare learns the ids of what was created: answers list it in the order of the request.
func (w *bare) compare(endpoint string, was, is []byte) error {
	before, err := objectsOf(was)
	if err != nil {
		return err
	}
	after, err := objectsOf(is)
	if err != nil || len(before) != len(after) {
		return cmp.Or(err, fmt.Errorf("%s: %d objects created, not %d", endpoint, len(after), len(before)))
	}
	for i := range before {
		w.learn(endpoint, number(before[i]["id"]), number(after[i]["id"]))
	}
	return nil
}

func (w *bare) learn(endpoint string, was, is int64) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.ids[endpoint] == nil {
		w.ids[endpoint] = map[int64]int64{}
	}
	w.ids[endpoint][was] = is
}

// now is the id that an object has now; the same if it was there before.
func (w *bare) now(endpoint string, was int64) int64 {
	w.mu.Lock()
	defer w.mu.Unlock()
	return cmp.Or(w.ids[endpoint][was], was)
}

// renumber replaces the ids in an object.
func (w *bare) renumber(endpoint string, item map[string]any) {
	all := kinds.Standard().Known()
	kind := all[slices.IndexFunc(all, func(k kinds.Kind) bool { return k.Endpoint == endpoint })]
	for name, v := range item {
		f, _ := kind.Field(name)
		switch list, many := v.([]any); {
		case name == "id":
			item[name] = w.now(endpoint, number(v))
		case f.To != "" && number(v) > 0:
			item[name] = w.now(kinds.Standard().Must(f.To).Endpoint, number(v))
		case many && strings.HasSuffix(name, "_terminations"):
			for _, end := range list {
				end := end.(map[string]any)
				to, _ := kinds.Standard().Of(fmt.Sprint(end["object_type"]))
				end["object_id"] = w.now(to.Endpoint, number(end["object_id"]))
			}
		}
	}
}

// split takes a path apart: its endpoint, and the id of the one object that it is of.
func split(path string) (string, int64) {
	path = strings.Trim(strings.TrimPrefix(path, "/api/"), "/")
	at := strings.LastIndex(path, "/")
	if id, err := strconv.ParseInt(path[at+1:], 10, 64); err == nil {
		return path[:at], id
	}
	return path, 0
}

// objectsOf reads an object, or a list of them.
func objectsOf(text []byte) ([]map[string]any, error) {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	if !bytes.HasPrefix(bytes.TrimSpace(text), []byte("[")) {
		one := map[string]any{}
		err := decoder.Decode(&one)
		return []map[string]any{one}, err
	}
	var many []map[string]any
	err := decoder.Decode(&many)
	return many, err
}

func number(v any) int64 {
	n, _ := v.(json.Number)
	id, _ := n.Int64()
	return id
}
