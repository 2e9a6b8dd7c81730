package web

import "github.com/diet-project/diet/engine/serve/user"

// Routes lists the pages, and the roles that each takes.
func Routes() map[string][]user.Role {
	out := map[string][]user.Role{}
	for _, r := range routes() {
		out[r.pattern] = r.roles
	}
	return out
}

// Within is where a login leads.
func Within(next string) string { return within(next) }
