package engine

import (
	"cmp"
	"context"
	"database/sql"
	"slices"

	"github.com/diet-project/diet/mirror"
	"github.com/diet-project/diet/mirror/kinds"
	"github.com/diet-project/diet/mirror/store"
)

// Words offer what a person may want to name, for a shell's completion: what the mirror and
// the store know by now. NetBox is asked nothing, and what is not there is not made.
type Words struct{ Mirror, Store string }

func (w Words) store() string { return cmp.Or(w.Store, store.Beside(w.Mirror)) }

// Objects are the diet ids that begin like that, some hundreds at most.
func (w Words) Objects(ctx context.Context, prefix string) []string {
	return mirror.Words(ctx, w.Mirror, "query/word_object", sql.Named("prefix", prefix))
}

// Classes are those of the objects that diet owns.
func (w Words) Classes(ctx context.Context) []string {
	return mirror.Words(ctx, w.Mirror, "query/word_class")
}

// Sites are the slugs of those that the mirror has.
func (w Words) Sites(ctx context.Context) []string {
	return mirror.Words(ctx, w.Mirror, "query/word_site")
}

// Targets are the objects that begin like that, all classes and the kinds that diet owns.
func (w Words) Targets(ctx context.Context, prefix string) []string {
	out := slices.Concat(w.Classes(ctx), w.Objects(ctx, prefix))
	for _, kind := range kinds.Standard().Owned() {
		out = append(out, kind.Name)
	}
	return out
}

// Plans are the keys of plans that have objects.
func (w Words) Plans(ctx context.Context) []string {
	return mirror.Words(ctx, w.Mirror, "query/word_plan")
}

// Previews are the ids of the newest previews.
func (w Words) Previews(ctx context.Context) []string {
	return store.Words(ctx, w.store(), "store/word_preview")
}

// Runs are the ids of the newest runs.
func (w Words) Runs(ctx context.Context) []string {
	return store.Words(ctx, w.store(), "store/word_run")
}

// StoreFile is the file of a store: the one that is named, or that beside the mirror.
func StoreFile(named, mirrorPath string) string { return cmp.Or(named, store.Beside(mirrorPath)) }

// IsStoreAddress reports whether a store is named by an address, and not by a file.
func IsStoreAddress(where string) bool { return store.IsAddress(where) }

// StoreHost is the host that a store's address names, and whether the address holds a password.
func StoreHost(address string) (host string, password bool) { return store.Host(address) }
