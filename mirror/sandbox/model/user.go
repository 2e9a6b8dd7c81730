package model

import (
	"cmp"
	"crypto/rand"
	"encoding/hex"
	"slices"
	"strings"

	"github.com/diet-project/diet/mirror/sandbox/release"
	"github.com/diet-project/diet/mirror/sandbox/table"
)

var userNouns = []noun{
	{
		at: "users/users", unlogged: true, noETag: true, title: byField("username"), word: "username",
		order:  func(a, b *table.Record) int { return strings.Compare(a.Text("username"), b.Text("username")) },
		unique: rules{alone("username")}, search: "username first_name last_name email",
		fields: fields{
			"username": indexed, "password": writeOnly, "is_active": def(true), "date_joined": both(is(table.Created), readOnly),
			"last_login": fixed("null"),
			"groups":     many("groups"), "permissions": calc(permissionsOf),
		},
	},
	{
		at: "users/groups", unlogged: true, noETag: true, order: table.ByName, unique: rules{alone("name")},
		fields: fields{"permissions": unkeptList, "user_count": fixed("0")},
	},
	{
		at: "users/permissions", unlogged: true, noETag: true, order: table.ByName,
		fields: fields{
			"enabled": def(true), "object_types": objectTypes, "actions": is(table.JSON), "constraints": objectJSON, "groups": many("groups"),
			"users": many("users"),
		},
	},
	{
		at: "users/tokens", unlogged: true, noETag: true, order: newestFirst, title: tokenTitle, prepare: prepareToken,
		fields: fields{
			"version": option(func(f *table.Field) { f.Kind, f.Default, f.Labels, f.Null = table.Integer, int64(2), nil, false }),
			"user":    to("users", cascade),
			"expires": null, "last_used": fixed("null"), "key": where(versioned,
				both(null, option(func(f *table.Field) { f.Kind = table.Text })), writeOnly),
			"enabled": def(true), "write_enabled": def(true), "pepper_id": readOnly, "allowed_ips": unkeptList,
			"token": both(is(table.Secret), blank),
		},
		also: []*table.Field{{Name: "_secret", Kind: table.Text, Hidden: true, ReadOnly: true, Index: true, Default: ""}},
	},
	{
		at: "users/owner-groups", order: table.ByName, unique: rules{alone("name")},
		fields: fields{"member_count": counts("owners", "group")},
	},
	{
		at: "users/owners", order: table.ByName, unique: rules{alone("name")},
		fields: fields{"group": to("owner-groups", protect), "user_groups": many("groups"), "users": many("users")},
	},
}

// versioned says whether tokens have versions, and a key beside the secret.
func versioned(b release.Behaviour) bool { return b.BearerTokens }

// permissionsOf lists what a user may do.
func permissionsOf(e *table.Encoder, r *table.Record) {
	e.Each(PermissionsFor(e.Store, r.ID), func(p *table.Record) { e.Embed(p, nil) })
}

// PermissionsFor lists the permissions that name a user.
func PermissionsFor(s *table.Store, user int64) []*table.Record {
	var found []*table.Record
	for _, p := range s.All("permissions", s.Tables["permissions"].IDs) {
		if slices.Contains(listOf(p, "users"), user) {
			found = append(found, p)
		}
	}
	return found
}

func tokenTitle(_ *table.Store, r *table.Record) string {
	if k := r.Text("key"); k != "" {
		return k
	}
	secret := r.Text("_secret")
	return strings.Repeat("*", 34) + secret[max(0, len(secret)-6):]
}

// prepareToken makes what the body did not give.
func prepareToken(_ *table.Tx, old *table.Record, d *table.Draft) {
	r := d.Record
	if old != nil {
		return
	}
	plain := cmp.Or(r.Text("key"), r.Text("token"), randomHex(20))
	r.Set("token", plain)
	if r.Ref("version") == 2 {
		r.Set("key", randomHex(6))
		r.Set("pepper_id", int64(1))
		plain = TokenPrefix + r.Text("key") + "." + plain
	}
	r.Set("_secret", plain)
}

// TokenPrefix begins tokens of the second version.
const TokenPrefix = "nbt_"

func randomHex(n int) string {
	b := make([]byte, n)
	_, _ = rand.Read(b) // never fails
	return hex.EncodeToString(b)
}
