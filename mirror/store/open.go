package store

import (
	"context"
	"net/url"
	"slices"
	"strings"

	"github.com/diet-project/diet/mirror"
)

// Open opens a store: one in a file, which is made if there is none, or one in PostgreSQL,
// by its address. What an earlier diet kept in the mirror is taken over into a file, once.
func Open(ctx context.Context, where, mirrorPath string) (Store, error) {
	if IsAddress(where) {
		return openPostgres(ctx, where)
	}
	return openFile(ctx, where, mirrorPath, true)
}

// OpenBeside is Open beside a mirror that is open, and knows whether there is anything to take
// over: to look for it means to read all tables of the mirror once more.
func OpenBeside(ctx context.Context, where string, db *mirror.DB) (Store, error) {
	if IsAddress(where) {
		return openPostgres(ctx, where)
	}
	return openFile(ctx, where, db.Path(), db.HoldsStore())
}

// IsAddress reports whether a store is called by an address, and not by the name of a file.
func IsAddress(where string) bool { return strings.Contains(where, "://") }

// Beside is where the store of a mirror is by default: diet.store.db beside diet.db.
func Beside(mirrorPath string) string { return strings.TrimSuffix(mirrorPath, ".db") + ".store.db" }

// Words are the one column of a statement over a store, for a shell's completion. A store
// that is not there, not diet's, or out of reach, has none: it is neither made nor changed.
func Words(ctx context.Context, where, statement string) []string {
	if IsAddress(where) {
		return postgresWords(ctx, where, statement)
	}
	return mirror.Words(ctx, where, statement)
}

// Host is the host of a store's address, and whether the address holds a password of its own.
// Without a host, PostgreSQL's own settings name one.
func Host(address string) (host string, password bool) {
	u, err := url.Parse(address)
	if err != nil {
		return "", false
	}
	_, password = u.User.Password()
	return u.Host, password || u.Query().Has("password")
}

// Shown is a store's address without what may be a secret.
func Shown(address string) string {
	u, err := url.Parse(address)
	if err != nil || !slices.Contains(schemes, u.Scheme) {
		return "the address"
	}
	shown := url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path}
	if u.User != nil && u.User.Username() != "" {
		shown.User = url.User(u.User.Username())
	}
	return shown.String()
}

// schemes begin the address of a store in PostgreSQL.
var schemes = []string{"postgres", "postgresql"}
