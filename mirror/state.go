package mirror

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"
)

// state is from where a sync continues.
type state struct {
	url      string
	version  string
	plugins  string    // JSON
	low      int64     // all changes up to it have been seen
	anchor   string    // the request of change low, "" for none
	floor    int64     // of most objects, changes up to it have not been read; 0 where there are none
	deleted  int64     // all deletions of diet's kinds up to this change have been seen
	reach    string    // the time of NetBox's oldest change, at the first sync
	born     time.Time // of the first sync, by the server's clock
	back     time.Time // when a sync found that NetBox's changelog went back, the server's clock
	server   time.Time
	syncedAt time.Time // by the local clock
	fullAt   time.Time // by the server's
	verified time.Time // by the server's
	recorded time.Time // from when on it is known what objects were, the server's clock
	broad    map[string]int
	sites    []string             // those of a mirror of some sites, as configured
	widened  []string             // those that plans need besides
	unseen   []string             // kinds that the token may not view
	asked    map[string]time.Time // when a kind was last asked for edits, the server's clock
}

// Release is the version of NetBox at the last sync, such as 4.6.8.
func (db *DB) Release(ctx context.Context) (string, error) {
	values, err := db.stateValues(ctx, db.db)
	return values["version"], err
}

// stamp is the format of times.
const stamp = "2006-01-02T15:04:05.000000Z"

// stateValues are those that syncs keep, by key.
func (db *DB) stateValues(ctx context.Context, from execer) (map[string]string, error) {
	rows, err := pick[struct{ Key, Value string }](ctx, from, db.statements.Get("query/sync_state_get"))
	values := make(map[string]string, len(rows))
	for _, r := range rows {
		values[r.Key] = r.Value
	}
	return values, err
}

func (db *DB) loadState(ctx context.Context, from execer) (state, error) {
	v, err := db.stateValues(ctx, from)
	if err != nil {
		return state{}, err
	}
	st := state{
		url: v["url"], version: v["version"], plugins: v["plugins"], anchor: v["anchor"], reach: v["reach"],
		born: when(v["born"]), back: when(v["went_back"]),
		server: when(v["server_time"]), syncedAt: when(v["synced_at"]), fullAt: when(v["full_at"]), verified: when(v["verified_at"]),
		recorded: when(v["recorded"]),
		broad:    map[string]int{}, asked: map[string]time.Time{},
	}
	st.low, _ = strconv.ParseInt(v["low"], 10, 64)
	st.floor, _ = strconv.ParseInt(v["floor"], 10, 64)
	st.deleted, _ = strconv.ParseInt(v["deleted"], 10, 64)
	_ = json.Unmarshal([]byte(v["broad"]), &st.broad)
	_ = json.Unmarshal([]byte(v["sites"]), &st.sites)
	_ = json.Unmarshal([]byte(v["widened"]), &st.widened)
	_ = json.Unmarshal([]byte(v["unseen"]), &st.unseen)
	kinds, err := pick[struct {
		Kind     string
		SyncedAt string `db:"synced_at"`
	}](ctx, from, db.statements.Get("query/sync_kind_get"))
	for _, k := range kinds {
		st.asked[k.Kind] = when(k.SyncedAt)
	}
	return st, err
}

// Plugins are those that NetBox had at the last sync, by name.
func (db *DB) Plugins(ctx context.Context) ([]string, error) {
	values, err := db.stateValues(ctx, db.db)
	if err != nil || values["plugins"] == "" {
		return nil, err
	}
	var versions map[string]string
	if err := json.Unmarshal([]byte(values["plugins"]), &versions); err != nil {
		return nil, fmt.Errorf("read the plugins of the last sync: %w", err)
	}
	return slices.Sorted(maps.Keys(versions)), nil
}

func when(s string) time.Time {
	t, _ := time.Parse(stamp, s)
	return t
}

// saveState stores the state and how many rows each kind has.
func (db *DB) saveState(ctx context.Context, to execer, st state) error {
	encoded := map[string]string{}
	for key, v := range map[string]any{"broad": st.broad, "sites": st.sites, "widened": st.widened, "unseen": st.unseen} {
		text, err := json.Marshal(v)
		if err != nil {
			return err
		}
		encoded[key] = string(text)
	}
	values := map[string]string{
		"url": st.url, "version": st.version, "plugins": st.plugins,
		"low": strconv.FormatInt(st.low, 10), "anchor": st.anchor, "recorded": st.recorded.Format(stamp),
		"broad": encoded["broad"], "sites": encoded["sites"], "widened": encoded["widened"], "unseen": encoded["unseen"],
		"floor": strconv.FormatInt(st.floor, 10), "deleted": strconv.FormatInt(st.deleted, 10),
		"reach": st.reach, "born": st.born.Format(stamp), "went_back": st.back.Format(stamp),
		"server_time": st.server.Format(stamp), "synced_at": st.syncedAt.UTC().Format(stamp),
		"full_at": st.fullAt.Format(stamp), "verified_at": st.verified.Format(stamp),
	}
	for _, key := range slices.Sorted(maps.Keys(values)) {
		if err := db.putState(ctx, to, key, values[key]); err != nil {
			return err
		}
	}
	counts, err := db.counts(ctx, to)
	if err != nil {
		return err
	}
	for _, k := range db.kinds.All() {
		err := run(ctx, to, db.statements.Get("query/sync_kind_put"), sql.Named("kind", k.Name),
			sql.Named("rows", counts[k.Name]), sql.Named("now", st.asked[k.Name].Format(stamp)))
		if err != nil {
			return err
		}
	}
	return nil
}

func (db *DB) putState(ctx context.Context, to execer, key, value string) error {
	err := run(ctx, to, db.statements.Get("query/sync_state_put"), sql.Named("key", key), sql.Named("value", value))
	return err
}

// unfinished reports whether a sync has written a part and has not ended.
func (st state) unfinished() bool { return st.url != "" && st.syncedAt.IsZero() }

// UnfinishedError is a mirror that cannot be relied on, as a sync has written a part of
// what it read: it is under way, or was cut off. It is [ErrNeverSynced] too.
type UnfinishedError struct{}

// Error says what is wrong.
func (e *UnfinishedError) Error() string { return "the last sync of the mirror did not end" }

// Hint says what to do.
func (e *UnfinishedError) Hint() string {
	return "run `diet sync`, or add --sync: it waits if another process is at it"
}

// Is makes it a mirror that was never synced.
func (e *UnfinishedError) Is(target error) bool { return target == ErrNeverSynced }

// Finished fails with an [*UnfinishedError] if a sync wrote a part and has not ended.
func (db *DB) Finished(ctx context.Context, from execer) error {
	st, err := db.loadState(ctx, from)
	if err == nil && st.unfinished() {
		return &UnfinishedError{}
	}
	return err
}

// counts returns how many rows each kind has.
func (db *DB) counts(ctx context.Context, from execer) (map[string]int, error) {
	rows, err := pick[struct {
		Kind string
		N    int
	}](ctx, from, db.statements.Get("query/object_count"))
	out := map[string]int{}
	for _, r := range rows {
		out[r.Kind] = r.N
	}
	return out, err
}

// OtherError is a sync from another NetBox than the mirror was filled from: their ids
// and journals would mix.
type OtherError struct {
	Path string
	Have string // the URL that the mirror was filled from
	Want string
}

// Error names both.
func (e *OtherError) Error() string {
	return fmt.Sprintf("mirror %s holds %s, not %s", e.Path, e.Have, e.Want)
}

// Hint says what to do.
func (e *OtherError) Hint() string {
	return "use another --mirror for each NetBox, or replace this one with `diet sync --rebuild`"
}

// MassError is a sync that would drop most objects of a kind although NetBox's changelog
// has no deletion of them, as when a token loses the permission to see them. The mirror
// is left as it was.
type MassError struct {
	Kind  string
	Lost  int // objects without a deletion in the changelog
	Total int // objects that the mirror had
}

// Error says what was lost.
func (e *MassError) Error() string {
	return fmt.Sprintf("%d of %d objects of kind %s vanished from NetBox without a deletion in its changelog", e.Lost, e.Total, e.Kind)
}

// Hint says what to do.
func (e *MassError) Hint() string {
	return "check the permissions of the token; if they were truly deleted, sync again with --force"
}
