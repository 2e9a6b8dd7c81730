package generate

// Reconcile is spec.reconcile: how the plan wants differences treated. It is
// handed to the policies as data; their guards may be stricter, never looser.
type Reconcile struct {
	// DeletionPolicy is warn, orphan or delete. Defaults to warn.
	DeletionPolicy string `json:"deletionPolicy"`

	// ApproveDeletionsAbove is the number of deletions of one run above which
	// a person must approve. Defaults to 10.
	ApproveDeletionsAbove int `json:"approveDeletionsAbove"`

	// Remediation says what happens to drift.
	Remediation Remediation `json:"remediation"`

	// Protect holds patterns (path.Match, over object ids) of objects that are never deleted.
	Protect []string `json:"protect"`

	// Initial names the fields that are set at creation. Afterwards only a change of the
	// plan writes them, and only where nobody else has changed them. Defaults to status,
	// serial, asset_tag and comments.
	Initial []string `json:"initial"`
}

// Remediation is preserve, alert or auto: by default, and by field.
type Remediation struct {
	Default string            `json:"default"` // Defaults to preserve.
	Fields  map[string]string `json:"fields,omitempty"`
}
