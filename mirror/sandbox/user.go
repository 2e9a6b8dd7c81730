package sandbox

import (
	"cmp"
	"crypto/rand"
	"encoding/hex"
	"strings"
)

func userModel() *model {
	return &model{
		kind: "users", app: "users", name: "user", label: "user", plural: "users",
		brief: []string{"id", "url", "display", "username"}, unlogged: true, noETag: true,
		order:  func(a, b *record) int { return strings.Compare(a.text("username"), b.text("username")) },
		title:  func(_ *state, r *record) string { return r.text("username") },
		unique: []constraint{uniqueField("users_user", "username")}, searchable: []string{"username", "first_name", "last_name", "email"},
		fields: together(head(true), textField("username", required, maxLen(150), indexed),
			textField("password", required, maxLen(128), hiddenInput), textField("first_name", maxLen(150)), textField("last_name", maxLen(150)),
			textField("email", maxLen(254), labelled("email address")), boolField("is_staff", false, until(5)), boolField("is_active", true),
			typed("date_joined", created, readOnly), fixedField("last_login", "null"), absentList("groups"),
			computedField("permissions", permissionsOf)),
	}
}

// permissionsOf lists what a user may do.
func permissionsOf(e *encoder, r *record) {
	e.each(e.s.permissions(r.id), func(p *record) { e.embed(p, nil) })
}

// permissions lists the permissions that name a user.
func (s *state) permissions(user int64) []*record {
	var found []*record
	for _, p := range s.all("permissions", s.tables["permissions"].ids) {
		users, _ := p.get("users").([]int64)
		for _, id := range users {
			if id == user {
				found = append(found, p)
			}
		}
	}
	return found
}

func permissionModel() *model {
	return &model{
		kind: "permissions", app: "users", name: "objectpermission", label: "permission", plural: "permissions",
		brief: []string{"id", "url", "display", "name", "description", "enabled", "object_types", "actions"},
		order: byName, unlogged: true, noETag: true,
		fields: together(head(true), nameField(), description(), boolField("enabled", true), typed("object_types", typeNames, required),
			typed("actions", jsonValue, required), typed("constraints", jsonValue, nullable), absentList("groups"),
			typed("users", references, toUsers)),
	}
}

func toUsers(f *field) {
	f.target, f.def = "users", []int64{}
	f.nested = []string{"id", "url", "display_url", "display", "username"}
}

func tokenModel() *model {
	return &model{
		kind: "tokens", app: "users", name: "token", label: "token", plural: "tokens",
		brief: []string{"id", "url", "display", "version", "key", "enabled", "write_enabled", "description"},
		order: newestFirst, title: tokenTitle, unlogged: true, noETag: true, prepare: prepareToken, fields: tokenFields(),
	}
}

func tokenFields() []*field {
	about := func(o option) *field { f := description(); o(f); return f }
	return together(head(true), typed("version", integer, since(5), defaults(int64(2)), between(1, 2)),
		textField("key", since(5), nullable, readOnly), refField("user", "users", required, deleting(cascade)), about(since(5)),
		typed("created", created, readOnly), typed("expires", timestamp, nullable), fixedField("last_used", "null"),
		textField("key", until(5), maxLen(40), hiddenInput), boolField("enabled", true, since(5)), boolField("write_enabled", true), about(until(5)),
		typed("pepper_id", integer, since(5), nullable, readOnly), apart("allowed_ips", "[]"),
		typed("token", secret, since(5), blankable), textField("_secret", hidden, indexed))
}

func tokenTitle(_ *state, r *record) string {
	if k := r.text("key"); k != "" {
		return k
	}
	secret := r.text("_secret")
	return strings.Repeat("*", 34) + secret[max(0, len(secret)-6):]
}

// prepareToken makes what the body did not give.
func prepareToken(_ *tx, old *record, d *draft) {
	r := d.r
	if old != nil {
		return
	}
	plain := cmp.Or(r.text("key"), r.text("token"), randomHex(20))
	r.set("token", plain)
	if r.ref("version") == 2 {
		r.set("key", randomHex(6))
		r.set("pepper_id", int64(1))
		plain = tokenPrefix + r.text("key") + "." + plain
	}
	r.set("_secret", plain)
}

// tokenPrefix begins tokens of the second version.
const tokenPrefix = "nbt_"

func randomHex(n int) string {
	b := make([]byte, n)
	_, _ = rand.Read(b) // never fails
	return hex.EncodeToString(b)
}
