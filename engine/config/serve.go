package config

// Serve is how diet serve and diet watch work.
type Serve struct {
	// The address to listen on. --listen and DIET_LISTEN override it.
	Listen string `json:"listen,omitempty" jsonschema:"default=127.0.0.1:8080"`

	// The address at which people reach diet serve, for links in notifications, such as
	// https://diet.example.com.
	URL string `json:"url,omitempty"`

	// The file of the jobs that wait, run and ran. By default it lies beside the mirror, as
	// diet.jobs.db. With a store in PostgreSQL the jobs are there.
	Jobs Path `json:"jobs,omitempty"`

	// How many jobs run at the same time. Those of one plan run one after the other.
	Workers int `json:"workers,omitempty" jsonschema:"minimum=1,default=2"`

	// How long a job may take. An apply that takes longer ends as an interrupted one does, and
	// goes on at once.
	JobTimeout string `json:"job_timeout,omitempty" jsonschema:"pattern=^([1-9][0-9]*(ms|s|m|h))+$,default=6h"`

	// For how many days it is kept how plans stood at each check.
	Samples int `json:"samples,omitempty" jsonschema:"minimum=1,default=365"`

	// How often to look whether plans, answers or policies have changed, such as 5s; a plan that
	// has is checked.
	Poll string `json:"poll,omitempty" jsonschema:"pattern=^([1-9][0-9]*(ms|s|m|h))+$,default=5s"`

	// The OpenID Connect provider at which people log in. The address to register there is that of
	// url with /login/back behind it.
	OIDC OIDC `json:"oidc,omitzero"`

	// Secrets of webhooks, which start a check early. One without a secret is not served.
	Hooks Hooks `json:"hooks,omitzero"`
}

// OIDC is an identity provider, and who may do what.
type OIDC struct {
	// The address of the provider: what stands ahead of /.well-known/openid-configuration.
	Issuer string `json:"issuer" jsonschema:"required"`

	// The client as which diet is registered there.
	ClientID string `json:"client_id" jsonschema:"required"`

	// Its secret. ${NAME} is the environment's: keep secrets there.
	ClientSecret string `json:"client_secret,omitempty" jsonschema:"minLength=1"`

	// The claim with the name of a person, which should not change; email counts if it is verified.
	Name string `json:"name,omitempty" jsonschema:"default=preferred_username"`

	// The claim with a person's groups; dots lead into objects, as realm_access.roles.
	Groups string `json:"groups,omitempty" jsonschema:"default=groups"`

	// What is asked for beside openid: profile, email and, where the provider knows it, groups,
	// unless something stands here.
	Scopes []string `json:"scopes,omitempty"`

	// The roles of each group: viewer, resolver, approver, applier. Those of "*" are for whoever the
	// provider knows. Who has none does not get in.
	Roles map[string][]string `json:"roles" jsonschema:"required"`
}

// Hooks are the secrets of webhooks. ${NAME} is the environment's: keep secrets there.
type Hooks struct {
	// The secret of NetBox's webhook, whose address is /hooks/netbox.
	NetBox string `json:"netbox,omitempty" jsonschema:"minLength=1"`

	// The secret of GitHub's or Gitea's webhook, or the token of GitLab's: /hooks/git.
	Git string `json:"git,omitempty" jsonschema:"minLength=1"`
}
