package refer

import (
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/mirror/kinds"
	"github.com/diet-project/diet/mirror/netbox"
)

// objectTypes is NetBox's list of its own types, from 4.4 on.
var objectTypes = kinds.Kind{Name: "object_type", Endpoint: "core/object-types"}

// objectType is one of them.
type objectType struct {
	name     string // app.model
	endpoint string // plugins/x/things, "" where the API does not show its objects
	plugin   bool
	private  bool // one of NetBox's or a plugin's own works, which nothing of people's is in
}

// types reads NetBox's list of types, once, and adds to it what NetBox's API shows of plugins of which
// the list has nothing.
func (w *walk) types() ([]objectType, error) {
	if w.listed {
		return w.list, nil
	}
	w.listed = true
	rows, err := w.pages(objectTypes, url.Values{"fields": {"id,app_label,model,rest_api_endpoint,is_plugin_model,public"}})
	switch why := unreadable(objectTypes, err); {
	case why != "":
		w.untold = why
	case absent(err):
		w.untold = "NetBox before 4.4 does not tell"
	case err != nil:
		return nil, err
	}
	for _, row := range rows {
		app, _ := row["app_label"].(string)
		model, _ := row["model"].(string)
		endpoint, _ := row["rest_api_endpoint"].(string)
		list := strings.Trim(strings.TrimPrefix(endpoint, "/api/"), "/")
		w.list = append(w.list, objectType{app + "." + model, list, row["is_plugin_model"] == true, row["public"] == false})
	}
	return w.list, w.unlisted()
}

// endpoint is where NetBox lists the objects of a type, "" if it does not say.
func (w *walk) endpoint(name string) (string, error) {
	types, err := w.types()
	i := slices.IndexFunc(types, func(t objectType) bool { return t.name == name })
	if err != nil || i < 0 {
		return "", err
	}
	return types[i].endpoint, nil
}

// branching is the branching plugin. Its objects tell what branches change, and stay when that goes.
const branching = "netbox_branching"

// plugins finds what refers to objects of a kind among the models of plugins. Their
// fields are unknown: a nested object is recognised by its address, a generic reference
// by its type.
func (w *walk) plugins(kind kinds.Kind) error {
	if w.NetBox == nil || !kind.IsOwned() {
		return nil
	}
	types, err := w.types()
	if err != nil {
		return err
	}
	for _, why := range w.dark {
		w.doubt(kind, why)
	}
	for _, t := range types {
		if !t.plugin || strings.HasPrefix(t.name, branching+".") || t.private && t.endpoint == "" {
			continue
		}
		if t.endpoint == "" {
			w.doubt(kind, fmt.Sprintf("what %s of a plugin refers to is not known: NetBox's API does not show it", t.name))
			continue
		}
		if err := w.plugin(kind, kinds.Kind{Name: t.name, Endpoint: t.endpoint, ObjectType: t.name}); err != nil {
			return err
		}
	}
	return nil
}

// most is how many objects of a plugin's model are read: no filter can be trusted.
const most = 20_000

func (w *walk) plugin(kind, model kinds.Kind) error {
	t := w.tables[model.Name]
	if t == nil {
		var err error
		if t, err = w.readPlugin(model); err != nil {
			return err
		}
		w.tables[model.Name] = t
	}
	if t.unknown != "" {
		w.doubt(kind, t.unknown)
		return nil
	}
	for _, row := range t.rows {
		id := idOf(row)
		for _, target := range targets(row, kind) {
			if roots := w.roots[kind.Name][target]; len(roots) > 0 {
				w.add(change.Reference{Kind: model.Name, ID: id, Name: name(row, id)}, roots, protects(row))
			}
		}
	}
	return nil
}

func (w *walk) readPlugin(model kinds.Kind) (*table, error) {
	n, err := w.amount(w.ctx, model)
	t := &table{count: n}
	switch {
	case absent(err):
		t.unknown = unreadable(model, errHidden) // the list of types has it
		return t, nil
	case err == nil && n == 0:
		return t, nil
	case n > most:
		t.unknown = fmt.Sprintf("%s of a plugin has %d objects, too many to look through", model.Name, n)
	case err == nil:
		t.rows, err = w.pages(model, url.Values{"fields": {""}})
	}
	switch {
	case errors.Is(err, netbox.ErrUnreachable) || w.ctx.Err() != nil:
		return nil, err
	case err != nil:
		t.unknown = fmt.Sprintf("%s of a plugin cannot be read: %v", model.Name, err)
	}
	return t, nil
}

// address is where NetBox's API shows an object.
var address = regexp.MustCompile(`/api/([a-z0-9_/-]+)/(\d+)/$`)

// targets returns the ids of the objects of a kind that a row refers to.
func targets(row map[string]any, kind kinds.Kind) []int64 {
	var out []int64
	for key, v := range row {
		values, many := v.([]any)
		if !many {
			values = []any{v}
		}
		for _, v := range values {
			nested, ok := v.(map[string]any)
			if !ok {
				continue
			}
			text, _ := nested["url"].(string)
			if m := address.FindStringSubmatch(text); m != nil && m[1] == kind.Endpoint {
				id, _ := strconv.ParseInt(m[2], 10, 64)
				out = append(out, id)
			}
		}
		if prefix, ok := strings.CutSuffix(key, "_type"); ok && v == kind.ObjectType {
			out = append(out, idOf(row[prefix+"_id"]))
		}
	}
	return out
}
