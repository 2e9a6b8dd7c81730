package sandbox

import (
	"net/http"
	"slices"
	"strings"
	"time"
)

// account is who a token stands for.
type account struct {
	id       int64
	name     string
	readOnly bool
	grants   map[string][]any // constraints by permission; nil may everything
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

// enrol makes the users of the configuration, numbered as their accounts are.
func (s *Server) enrol() {
	names := map[int64]string{}
	for _, a := range s.accounts {
		names[a.id] = a.name
	}
	t := s.state.begin(newUUID(), &account{})
	for id := int64(1); names[id] != ""; id++ {
		d := t.compose(s.state.byKind["users"], map[string]any{"username": names[id], "password": newUUID()}, &selection{})
		t.create(d)
	}
	t.commit()
}

// authenticate finds the account of a request, or says why there is none:
// always with 403, as NetBox does.
func (s *Server) authenticate(c *call) *answer {
	keyword, token, _ := strings.Cut(c.Header.Get("Authorization"), " ")
	keyword = strings.ToLower(keyword)
	var refusal string
	if keyword == "token" || keyword == "bearer" && s.rel.minor >= 5 {
		c.account, refusal = s.accountOf(strings.TrimSpace(token))
	} else {
		c.account, refusal = s.session(c)
	}
	if refusal != "" {
		return s.failure(detail(http.StatusForbidden, "%s", refusal))
	}
	return nil
}

// accountOf is whose token it is, or why it counts for nothing.
func (s *Server) accountOf(token string) (*account, string) {
	if a := s.accounts[token]; a != nil {
		return a, ""
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	for _, r := range s.state.all("tokens", s.state.tables["tokens"].texts["_secret"][token]) {
		return s.state.accountOf(r)
	}
	switch {
	case s.rel.minor < 5:
		return nil, "Invalid token"
	case strings.HasPrefix(token, tokenPrefix):
		return nil, "Invalid v2 token"
	}
	return nil, "Invalid v1 token"
}

// accountOf is whom a token made through the API stands for.
func (s *state) accountOf(token *record) (*account, string) {
	user := s.to(token, "user")
	expires, limited := token.get("expires").(time.Time)
	switch {
	case s.rel.minor >= 5 && !token.flag("enabled"):
		return nil, "Token disabled"
	case limited && !s.now().Before(expires):
		return nil, "Token expired"
	case user == nil || !user.flag("is_active"):
		return nil, "User inactive"
	}
	return &account{id: user.id, name: user.text("username"), readOnly: !token.flag("write_enabled"), grants: s.grants(user.id)}, ""
}

// authorise refuses what a token, or its user, may not do with a type.
func (s *Server) authorise(c *call, objectType string) *answer {
	verb := verbs[c.Method]
	if verb == "" || c.account.may(verb, objectType) {
		return nil
	}
	return jsonAnswer(http.StatusForbidden, notPermitted)
}

var notPermitted = dict{{"detail", "You do not have permission to perform this action."}}

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
