package sandbox

import (
	"net/http"
	"slices"
	"strings"
)

// account is who a token stands for.
type account struct {
	id       int64
	name     string
	readOnly bool
}

// accountsOf numbers the users of all tokens; one name is one user.
func accountsOf(c Config) map[string]*account {
	names := map[string]string{}
	if c.Token != "" {
		names[c.Token] = "diet"
	}
	for token, name := range c.Tokens {
		names[token] = name
	}
	for _, token := range c.ReadOnlyTokens {
		if names[token] == "" {
			names[token] = "reader"
		}
	}
	users := []string{}
	for _, name := range names {
		users = append(users, name)
	}
	slices.Sort(users)
	users = slices.Compact(users)
	accounts := map[string]*account{}
	for token, name := range names {
		at, _ := slices.BinarySearch(users, name)
		accounts[token] = &account{id: int64(at + 1), name: name, readOnly: slices.Contains(c.ReadOnlyTokens, token)}
	}
	return accounts
}

// authenticate finds the account of a request, or says why there is none:
// always with 403, as NetBox does.
func (s *Server) authenticate(c *call) *answer {
	keyword, token, _ := strings.Cut(c.Header.Get("Authorization"), " ")
	keyword = strings.ToLower(keyword)
	if keyword != "token" && (keyword != "bearer" || s.rel.minor < 5) {
		return s.failure(detail(http.StatusForbidden, "Authentication credentials were not provided."))
	}
	token = strings.TrimSpace(token)
	c.account = s.accounts[token]
	switch {
	case c.account != nil:
		return nil
	case s.rel.minor >= 5:
		return s.failure(detail(http.StatusForbidden, "Invalid v1 token"))
	}
	return s.failure(detail(http.StatusForbidden, "Invalid token"))
}

// authorise refuses writes of those who may only read.
func (s *Server) authorise(c *call) *answer {
	if c.Method == http.MethodGet || c.Method == http.MethodHead || c.Method == http.MethodOptions {
		return nil
	}
	if c.account.readOnly {
		return s.failure(detail(http.StatusForbidden, "You do not have permission to perform this action."))
	}
	return nil
}

// profile is what authentication-check shows of an account.
func (a *account) profile(base string) dict {
	return append(a.brief(base),
		pair{"first_name", ""}, pair{"last_name", ""}, pair{"email", ""},
		pair{"is_active", true}, pair{"groups", []any{}}, pair{"permissions", []any{}})
}

// brief is how other objects show an account.
func (a *account) brief(base string) dict {
	return dict{
		{"id", a.id},
		{"url", base + "/api/users/users/" + plain(a.id) + "/"},
		{"display", a.name},
		{"username", a.name},
	}
}
