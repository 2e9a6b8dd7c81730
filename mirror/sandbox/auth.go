package sandbox

import (
	"cmp"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/diet-project/diet/mirror/sandbox/model"
	"github.com/diet-project/diet/mirror/sandbox/table"
)

// accountsOf numbers the users of all tokens; one name is one user.
func accountsOf(c Config) map[string]*table.Account {
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
	accounts := map[string]*table.Account{}
	for token, name := range names {
		at, _ := slices.BinarySearch(users, name)
		accounts[token] = &table.Account{ID: int64(at + 1), Name: name, ReadOnly: slices.Contains(c.ReadOnlyTokens, token)}
	}
	return accounts
}

// enrol makes the users of the configuration that are not there yet, and numbers the
// accounts as they are.
func (s *Server) enrol() {
	t := s.state.Begin(newUUID(), &table.Account{})
	ids := map[string]int64{}
	for _, r := range s.state.All("users", s.state.Tables["users"].IDs) {
		ids[r.Text("username")] = r.ID
	}
	accounts := slices.SortedFunc(maps.Values(s.accounts), func(a, b *table.Account) int { return cmp.Compare(a.ID, b.ID) })
	for _, a := range accounts {
		if ids[a.Name] == 0 {
			d := t.Compose(s.state.ByKind["users"], map[string]any{"username": a.Name, "password": newUUID()}, &table.Selection{})
			ids[a.Name] = t.Create(d).ID
		}
		a.ID = ids[a.Name]
	}
	t.Commit()
}

// authenticate finds the account of a request, or says why there is none:
// always with 403, as NetBox does.
func (s *Server) authenticate(c *call) *answer {
	keyword, token, _ := strings.Cut(c.Header.Get("Authorization"), " ")
	keyword = strings.ToLower(keyword)
	var refusal string
	if keyword == "token" || keyword == "bearer" && s.rel.BearerTokens {
		c.account, refusal = s.accountOf(strings.TrimSpace(token))
	} else {
		c.account, refusal = s.session(c)
	}
	if refusal != "" {
		return s.failure(table.Detail(http.StatusForbidden, "%s", refusal))
	}
	return nil
}

// accountOf is whose token it is, or why it counts for nothing.
func (s *Server) accountOf(token string) (*table.Account, string) {
	if a := s.accounts[token]; a != nil {
		return a, ""
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	for _, r := range s.state.All("tokens", s.state.Tables["tokens"].Texts["_secret"][token]) {
		return accountOf(s.state, r)
	}
	switch {
	case !s.rel.BearerTokens:
		return nil, "Invalid token"
	case strings.HasPrefix(token, model.TokenPrefix):
		return nil, "Invalid v2 token"
	}
	return nil, "Invalid v1 token"
}

// accountOf is whom a token made through the API stands for.
func accountOf(s *table.Store, token *table.Record) (*table.Account, string) {
	user := s.To(token, "user")
	expires, limited := token.Get("expires").(time.Time)
	switch {
	case s.Rel.TokenFlags && !token.Flag("enabled"):
		return nil, "Token disabled"
	case limited && !s.Now().Before(expires):
		return nil, "Token expired"
	case user == nil || !user.Flag("is_active"):
		return nil, "User inactive"
	}
	return &table.Account{ID: user.ID, Name: user.Text("username"), ReadOnly: !token.Flag("write_enabled"), Grants: grantsOf(s, user.ID)}, ""
}

// authorise refuses what a token, or its user, may not do with a type.
func (s *Server) authorise(c *call, objectType string) *answer {
	verb := verbs[c.Method]
	if verb == "" || c.account.May(verb, objectType) {
		return nil
	}
	return jsonAnswer(http.StatusForbidden, table.NotPermitted)
}

// profile is what authentication-check shows of an account.
func profile(a *table.Account, base string) table.Dict {
	return append(a.Brief(base),
		table.Pair{"first_name", ""}, table.Pair{"last_name", ""}, table.Pair{"email", ""},
		table.Pair{"is_active", true}, table.Pair{"groups", []any{}}, table.Pair{"permissions", []any{}})
}
