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

	// Secrets of webhooks, which start a check early. One without a secret is not served.
	Hooks Hooks `json:"hooks,omitzero"`
}

// Hooks are the secrets of webhooks. ${NAME} is the environment's: keep secrets there.
type Hooks struct {
	// The secret of NetBox's webhook, whose address is /hooks/netbox.
	NetBox string `json:"netbox,omitempty"`

	// The secret of GitHub's or Gitea's webhook, or the token of GitLab's: /hooks/git.
	Git string `json:"git,omitempty"`
}
