package config

// Keep is how long the store keeps what nothing needs any more.
type Keep struct {
	// For how many days previews are kept, with their approvals: longer where they were
	// approved and not applied. The newest 10 of each plan stay.
	Previews int `json:"previews,omitempty" jsonschema:"minimum=1,default=90"`

	// For how many days runs are kept, with their journals: longer where something of them is
	// open, or they may be undone. The newest 10 of each plan and outcome stay.
	Runs int `json:"runs,omitempty" jsonschema:"minimum=1,default=730"`

	// For how many previews of a plan, the newest, it is kept what the policies decided, for
	// diet policy replay.
	Decisions int `json:"decisions,omitempty" jsonschema:"minimum=1,default=50"`

	// How many decisions of one preview are kept at most: those first that hold something
	// back. The decision log gets all.
	DecisionsEach int `json:"decisions_each,omitempty" jsonschema:"minimum=1,default=100000"`
}
