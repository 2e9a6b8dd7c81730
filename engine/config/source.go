package config

// Source is a branch of a git repository with plans, which diet serve and diet watch pull.
type Source struct {
	// What the source is called, in small letters, digits and dashes: its files lie beside the
	// mirror, in diet.sources/NAME.
	Name string `json:"name" jsonschema:"required,pattern=^[a-z0-9][a-z0-9-]*$"`

	// The address of the repository: https://…, ssh://USER@HOST/PATH, USER@HOST:PATH or file://….
	URL string `json:"url" jsonschema:"required"`

	// The branch.
	Branch string `json:"branch,omitempty" jsonschema:"default=main"`

	// The folder with the plans, or the file of one, in the repository. By default its top folder.
	Path string `json:"path,omitempty"`

	// The token with which to log in by https. ${NAME} is the environment's: keep secrets there.
	Token string `json:"token,omitempty" jsonschema:"minLength=1"`

	// The user that goes with the token. Most hosts do not look at it.
	User string `json:"user,omitempty" jsonschema:"default=diet"`

	// The file with the key with which to log in by ssh. By default ssh finds one, or an agent has it.
	Key Path `json:"key,omitempty"`

	// The file with the keys of the hosts that are known to ssh. A host that is not known is refused.
	KnownHosts Path `json:"known_hosts,omitempty"`

	// How often to pull. A check, an apply, a preview and a webhook of the git host pull as well.
	Interval string `json:"interval,omitempty" jsonschema:"pattern=^([1-9][0-9]*(ms|s|m|h))+$,default=1m"`

	// Whether answers that people give in the browser are committed to the branch, and pushed. If
	// not, they are kept beside the mirror until the branch has them.
	Push bool `json:"push,omitempty"`

	// The domain of the mail addresses of those who answer, for commits.
	Mail string `json:"mail,omitempty" jsonschema:"default=diet.invalid"`
}
