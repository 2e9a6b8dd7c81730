package refer

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strconv"

	"golang.org/x/sync/errgroup"

	"github.com/diet-project/diet/mirror/kinds"
	"github.com/diet-project/diet/mirror/netbox"
	"github.com/diet-project/diet/mirror/value"
)

const (
	small   = 1000 // a kind with at most so many objects is read whole
	asking  = 4    // concurrent counts
	perPage = 100  // ids per request
)

// table is what NetBox has of a lazy kind.
type table struct {
	count   int
	unknown string           // why it cannot be read, "" if it can
	whole   bool             // rows holds all of it
	rows    []map[string]any // as NetBox answers, with values of package value
}

// countAll counts the objects of each lazy kind that may refer to a doomed object or a
// part of one: most are empty.
func (w *walk) countAll() error {
	if w.NetBox == nil {
		return nil
	}
	needed := w.needed()
	counted := make([]*table, len(needed))
	group, ctx := errgroup.WithContext(w.ctx)
	group.SetLimit(asking)
	for i, kind := range needed {
		group.Go(func() error {
			n, err := w.amount(ctx, kind)
			counted[i] = &table{count: n, unknown: unreadable(kind, err)}
			if counted[i].unknown == "" && err != nil && !absent(err) {
				return fmt.Errorf("count %s: %w", kind.Words(), err)
			}
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return err
	}
	for i, kind := range needed {
		w.tables[kind.Name] = counted[i]
	}
	return nil
}

// errHidden is an endpoint that NetBox names and that is not found.
var errHidden = errors.New("NetBox lists it, but answers 404 for it")

// amount is how many objects of a kind there are. It fails with [netbox.ErrNotFound] where this
// NetBox does not have the kind, and with [errHidden] where it has.
func (w *walk) amount(ctx context.Context, kind kinds.Kind) (int, error) {
	n, err := w.NetBox.Count(ctx, kind, nil)
	if !absent(err) {
		return n, err
	}
	switch listed, listErr := w.NetBox.Lists(ctx, kind); {
	case listErr != nil:
		return 0, listErr
	case listed:
		return 0, errHidden
	}
	return 0, err
}

// needed returns the lazy kinds that refer to a kind that is looked into, in order.
func (w *walk) needed() []kinds.Kind {
	reach := w.reach()
	var out []kinds.Kind
	for _, kind := range w.kinds.Known() {
		if !reach[kind.Name] {
			continue
		}
		for _, ref := range append(w.kinds.Referrers(kind), w.kinds.LazyReferrers(kind)...) {
			if ref.Kind.Lazy && !slices.ContainsFunc(out, func(k kinds.Kind) bool { return k.Name == ref.Kind.Name }) {
				out = append(out, ref.Kind)
			}
		}
	}
	return out
}

// reach are the kinds that are looked into: those of the doomed objects, and of their parts.
func (w *walk) reach() map[string]bool {
	reach := map[string]bool{}
	for name := range w.roots {
		reach[name] = true
	}
	for before := -1; before < len(reach); {
		before = len(reach)
		for _, kind := range w.kinds.Known() {
			if !reach[kind.Name] {
				continue
			}
			for _, ref := range append(w.kinds.Referrers(kind), w.kinds.LazyReferrers(kind)...) {
				if isPart(ref) {
					reach[ref.Kind.Name] = true
				}
			}
		}
	}
	return reach
}

// isPart reports whether what refers by a field is a part of what it refers to, or came with it.
func isPart(ref kinds.Referrer) bool {
	return ref.Kind.Parent == ref.Field.Name || ref.Kind.CameWith(ref.Field)
}

// unreadable says why a kind cannot be read; "" if it can, or if this NetBox does not
// have it.
func unreadable(kind kinds.Kind, err error) string {
	var refused *netbox.Error
	switch {
	case errors.Is(err, netbox.ErrUnauthorized):
		return unviewable(kind)
	case errors.Is(err, errHidden):
		return fmt.Sprintf("NetBox lists %s, but answers 404 for %s: a gateway may hide it", kind.Words(), kind.Endpoint)
	case errors.As(err, &refused) && refused.Status >= 400 && !errors.Is(err, netbox.ErrNotFound):
		return fmt.Sprintf("NetBox does not answer for %s (%s: %d)", kind.Words(), kind.Endpoint, refused.Status)
	}
	return ""
}

// unviewable says that the token may not view a kind.
func unviewable(kind kinds.Kind) string {
	return fmt.Sprintf("the token may not view %s (%s)", kind.Words(), kind.Endpoint)
}

// read returns the objects of a kind that may refer to some objects through a field: all
// of a small kind, else those that NetBox finds by id.
func (w *walk) read(ref kinds.Referrer, target kinds.Kind, ids []int64) ([]map[string]any, error) {
	t := w.tables[ref.Kind.Name]
	switch {
	case t == nil || t.count == 0 || len(ids) == 0:
		return nil, nil
	case t.whole:
		return t.rows, nil
	case t.count <= small:
		return w.readWhole(ref.Kind, t)
	}
	var out []map[string]any
	for part := range slices.Chunk(ids, perPage) {
		rows, err := w.pages(ref.Kind, filter(ref.Field, target, part))
		if err != nil {
			return nil, err
		}
		stray := func(row map[string]any) bool { return !slices.Contains(part, referred(row, ref.Field, target)) }
		if slices.ContainsFunc(rows, stray) {
			return w.readWhole(ref.Kind, t) // NetBox does not know the filter, and answers with everything
		}
		out = append(out, rows...)
	}
	return out, nil
}

func (w *walk) readWhole(kind kinds.Kind, t *table) ([]map[string]any, error) {
	rows, err := w.pages(kind, url.Values{})
	if err != nil {
		return nil, err
	}
	t.rows, t.whole = rows, true
	return rows, nil
}

// filter is the query for what refers to some objects through a field.
func filter(f kinds.Field, target kinds.Kind, ids []int64) url.Values {
	name := f.Filter
	query := url.Values{}
	switch {
	case name != "":
	case f.Type == kinds.Generic:
		name = f.Name
		query.Set(f.TypeField, target.ObjectType)
	default:
		name = f.Column()
	}
	for _, id := range ids {
		query.Add(name, strconv.FormatInt(id, 10))
	}
	return query
}

// pages reads what matches a query.
func (w *walk) pages(kind kinds.Kind, query url.Values) ([]map[string]any, error) {
	var out []map[string]any
	for page, err := range w.NetBox.Pages(w.ctx, kind, query) {
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", kind.Words(), err)
		}
		body, err := value.DecodeObject(page.Body)
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", kind.Words(), err)
		}
		results, _ := body["results"].([]any)
		for _, r := range results {
			if row, ok := r.(map[string]any); ok {
				out = append(out, row)
			}
		}
	}
	return out, nil
}

// referred is the id that a row refers to through a field, if it is of a kind; else 0.
func referred(row map[string]any, f kinds.Field, target kinds.Kind) int64 {
	if f.Type == kinds.Generic && row[f.TypeField] != target.ObjectType {
		return 0
	}
	return idOf(row[f.Name])
}

// idOf returns the id in a value: the value itself, or that of an object.
func idOf(v any) int64 {
	if nested, ok := v.(map[string]any); ok {
		v = nested["id"]
	}
	id, _ := value.ID(v)
	return id
}
