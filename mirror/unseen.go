package mirror

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/diet-project/diet/mirror/kinds"
	"github.com/diet-project/diet/mirror/netbox"
)

// tolerate keeps a sync going where the token may not view a kind that is owned since a later
// release of diet: most plans have no such objects, and what is not known of them asks. It is
// called from several goroutines.
func (ss *session) tolerate(kind kinds.Kind, err error) error {
	if !kind.Later || !errors.Is(err, netbox.ErrUnauthorized) {
		return err
	}
	ss.mu.Lock()
	defer ss.mu.Unlock()
	ss.unseen[kind.Name] = err
	return nil
}

// isUnseen reports whether the token may not view a kind, as far as it is known.
func (ss *session) isUnseen(kind kinds.Kind) bool {
	ss.mu.Lock()
	defer ss.mu.Unlock()
	return ss.unseen[kind.Name] != nil || slices.Contains(ss.state.unseen, kind.Name)
}

// unseenKinds are those that the token might not view at the last sync: they are asked for whole
// each time, which is a request each while the right is missing.
func (ss *session) unseenKinds() []kinds.Kind {
	return slices.DeleteFunc(ss.kinds().All(), func(kind kinds.Kind) bool { return !slices.Contains(ss.state.unseen, kind.Name) })
}

// settleUnseen notes the kinds that the token may not view. Where the mirror has seen objects of
// one that may be a plan's, the right is gone: that is an error.
func (ss *session) settleUnseen(ctx context.Context) error {
	fields, err := ss.fields(ctx)
	if err != nil {
		return err
	}
	if ss.partial {
		for _, name := range ss.state.unseen {
			ss.unseen[name] = cmp.Or(ss.unseen[name], errUnseen)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(ss.unseen)) {
		kind := ss.kinds().Must(name)
		if why := ss.unseen[name]; isSetUp(fields[kind.ObjectType]) && ss.before[name] > 0 && !errors.Is(why, errUnseen) {
			return why
		}
		ss.result.Warnings = append(ss.result.Warnings, fmt.Sprintf(
			"the token may not view %s (%s): diet makes none, and asks before it deletes what may have some", kind.Words(), kind.Endpoint))
	}
	ss.state.unseen = slices.Sorted(maps.Keys(ss.unseen))
	return nil
}

// errUnseen stands for the error of an earlier sync.
var errUnseen = errors.New("not seen by an earlier sync")

// isSetUp reports whether objects with these custom fields can be a plan's.
func isSetUp(fields []customField) bool {
	return slices.ContainsFunc(fields, func(f customField) bool { return f.Name == kinds.Record })
}

// Unseen are the kinds that the token might not view at the last sync: the mirror has none of
// their objects, and NetBox may.
func (db *DB) Unseen(ctx context.Context) ([]string, error) {
	values, err := db.stateValues(ctx, db.db)
	if err != nil || values["unseen"] == "" {
		return nil, err
	}
	var names []string
	if err := json.Unmarshal([]byte(values["unseen"]), &names); err != nil {
		return nil, fmt.Errorf("read what the last sync did not see: %w", err)
	}
	return names, nil
}
