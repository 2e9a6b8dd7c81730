package mirror

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/diet-project/diet/mirror/kinds"
	"github.com/diet-project/diet/mirror/netbox"
)

// Reread reads objects of a kind again, whether or not anything says that they changed,
// and with a cable its plugs. What no longer exists is dropped. From where the next sync
// continues stays as it is.
func (s *Syncer) Reread(ctx context.Context, kind string, ids []int64) (Result, error) {
	result, err := s.alone(ctx, func() (Result, error) {
		ss, err := s.aside(ctx)
		if err != nil {
			return Result{}, err
		}
		return ss.result, ss.within(ctx, func() error { return ss.rereadWhole(ctx, kind, ids) })
	})
	if err != nil {
		return Result{}, fmt.Errorf("read %s again: %w", kind, err)
	}
	return result, nil
}

// rereadWhole reads objects with what stands for them: first what the mirror knows of that,
// then what it does not.
func (ss *session) rereadWhole(ctx context.Context, name string, ids []int64) error {
	ss.touch(name, ids...)
	var standing []kinds.Kind
	for _, k := range ss.kinds().All() {
		if k.StandsFor == "" || k.Refers(k.StandsFor) != name {
			continue
		}
		standing = append(standing, k)
		known, err := pick[int64](ctx, ss.tx, ss.statementFor("query/stands_for", k), idList(ids))
		if err != nil {
			return err
		}
		ss.touch(k.Name, known...)
	}
	if err := ss.refetch(ctx); err != nil {
		return err
	}
	for _, k := range standing {
		if err := ss.touchHidden(ctx, ss.kinds().Must(name), k, ids); err != nil {
			return err
		}
	}
	return ss.refetch(ctx)
}

// touchHidden touches what stands for objects in NetBox and not in the mirror: a row that
// was inserted past the API. All that the mirror has was just read, so numbers tell.
func (ss *session) touchHidden(ctx context.Context, kind, standing kinds.Kind, ids []int64) error {
	rows, err := pick[struct{ ID, N int64 }](ctx, ss.tx, ss.statementFor("query/standing_count", standing), idList(ids))
	if err != nil {
		return err
	}
	known := make(map[int64]int64, len(rows))
	for _, r := range rows {
		known[r.ID] = r.N
	}
	there, err := ss.plugged(ctx, kind, ids)
	if err != nil {
		return err
	}
	for _, id := range slices.Sorted(maps.Keys(there)) {
		if there[id] == known[id] {
			continue
		}
		if err := ss.touchPlugs(ctx, standing, id); err != nil {
			return err
		}
	}
	return nil
}

// touchPlugs touches what stands for an object in NetBox. Up to 4.4 the filter takes one.
func (ss *session) touchPlugs(ctx context.Context, standing kinds.Kind, id int64) error {
	query := url.Values{standing.StandsFor: {strconv.FormatInt(id, 10)}, "fields": {"id"}}
	list := source{standing, func(ctx context.Context) iter.Seq2[netbox.Page, error] {
		return ss.s.client.Pages(ctx, standing, query)
	}}
	for page, err := range ss.pages(ctx, list) {
		if err != nil {
			return err
		}
		ss.touch(standing.Name, page.IDs...)
	}
	return nil
}

// plugged is how many ends cables have in NetBox, by id.
func (ss *session) plugged(ctx context.Context, kind kinds.Kind, ids []int64) (map[int64]int64, error) {
	fields := []string{"id"}
	for _, end := range kind.Ends() {
		fields = append(fields, end+"_terminations")
	}
	out := map[int64]int64{}
	for page, err := range ss.pages(ctx, ss.byID(kind, ids, url.Values{"fields": {strings.Join(fields, ",")}})) {
		if err != nil {
			return nil, err
		}
		var list struct{ Results []map[string]json.RawMessage }
		if err := json.Unmarshal(page.Body, &list); err != nil {
			return nil, fmt.Errorf("read page: %w", err)
		}
		for i, o := range list.Results {
			n := int64(0)
			for _, field := range fields[1:] {
				var ends []json.RawMessage
				if err := json.Unmarshal(o[field], &ends); err != nil {
					return nil, fmt.Errorf("read %s: %w", field, err)
				}
				n += int64(len(ends))
			}
			out[page.IDs[i]] = n
		}
	}
	return out, nil
}
