package config

// Schedule is when diet serve and diet watch do what. Times are in the form of cron: minute,
// hour, day of the month, month, day of the week, such as "0 3 * * 1-5"; @hourly; @every 10m.
// They are of this machine's time zone, unless one begins with CRON_TZ=Europe/Berlin.
type Schedule struct {
	// The keys of the plans; all plans if left out.
	Plans []string `json:"plans,omitempty"`

	// When to read NetBox.
	Sync string `json:"sync,omitempty"`

	// When to read NetBox and look for drift. A check that was missed is made up for.
	Check string `json:"check,omitempty"`

	// When to write what the policies let act without a person: changes of the plan, and drift
	// that is remediated. One that was missed by more than 15 minutes is left out.
	Apply string `json:"apply,omitempty"`
}

// Notification is whom to tell about what.
type Notification struct {
	// What the rule is called; what it said is remembered by that.
	Name string `json:"name" jsonschema:"required"`

	// Where to: addresses as shoutrrr has them, such as slack://hook:${SLACK_HOOK}@webhook or
	// smtp://${SMTP_USER}:${SMTP_PASSWORD}@mail.example.com:587/?from=diet@example.com&to=noc@example.com.
	// ${NAME} is the environment's: keep secrets there.
	URLs []string `json:"urls" jsonschema:"required"`

	// About what: drift, conflicts, failures, approvals. All of them if neither this nor
	// thresholds are given.
	On []string `json:"on,omitempty"`

	// The keys of the plans; all plans if left out.
	Plans []string `json:"plans,omitempty"`

	// Tell when drift reaches one of these.
	Thresholds []Threshold `json:"thresholds,omitempty"`

	// How long to gather what happens into one message, such as 30s.
	Group string `json:"group,omitempty" jsonschema:"pattern=^(0|([1-9][0-9]*(ms|s|m|h))+)$,default=30s"`

	// How long to be silent after a message, such as 15m.
	Every string `json:"every,omitempty" jsonschema:"pattern=^(0|([1-9][0-9]*(ms|s|m|h))+)$,default=15m"`
}

// Threshold is how much drift is too much.
type Threshold struct {
	// Count drift of this kind of object alone, such as device.
	Kind string `json:"kind,omitempty"`

	// Count drift of this field alone.
	Field string `json:"field,omitempty"`

	// Count drift whose verdict has this severity or a higher one: info, low, medium, high, critical.
	Severity string `json:"severity,omitempty" jsonschema:"enum=info,enum=low,enum=medium,enum=high,enum=critical"`

	// So many differences.
	Count int `json:"count,omitempty" jsonschema:"minimum=1"`

	// So many percent of the plan's objects, of that kind if one is given.
	Percent int `json:"percent,omitempty" jsonschema:"minimum=1"`
}
