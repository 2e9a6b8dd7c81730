package policy

import (
	"fmt"
	"path"
	"slices"
	"strings"
	"time"
)

// Exception turns a guard off, for the changes that it is about.
type Exception struct {
	Guard  string `json:"id"`
	Reason string `json:"reason"`
	Who    string `json:"who,omitempty"`

	// Plan, Kind and Object say which changes it is about; what is left out matches all.
	// Object is a pattern over diet ids, as in reconcile.protect of a plan.
	Plan   string `json:"plan,omitempty"`
	Kind   string `json:"kind,omitempty"`
	Object string `json:"object,omitempty"`

	// Expires is a time, RFC 3339, or a date: the last day, in UTC. Empty is never.
	Expires string `json:"expires,omitempty"`

	// Place is where it is stated, for messages.
	Place string `json:"-"`
}

// everywhere reports whether it is about all changes, for good.
func (x *Exception) everywhere() bool { return x.Plan+x.Kind+x.Object+x.Expires == "" }

// Expired reports whether it has ended; one whose end cannot be read has.
func (x *Exception) Expired(now time.Time) bool {
	if x.Expires == "" {
		return false
	}
	end, err := x.end()
	return err != nil || !now.Before(end)
}

func (x *Exception) end() (time.Time, error) {
	if day, err := time.Parse(time.DateOnly, x.Expires); err == nil {
		return day.AddDate(0, 0, 1), nil
	}
	return time.Parse(time.RFC3339, x.Expires)
}

// covers reports whether it is about a change.
func (x *Exception) covers(in *Input) bool {
	if x.Kind != "" && x.Kind != in.Kind || x.Plan != "" && (in.Plan == nil || in.Plan.Key != x.Plan) {
		return false
	}
	if x.Object != "" && !Matches(x.Object, in.Object) {
		return false
	}
	now, err := time.Parse(time.RFC3339, in.Now)
	return x.Expires == "" || err == nil && !x.Expired(now)
}

// Matches reports whether a diet id is one of a pattern: * is anything but a slash, and an
// id, with its brackets, is a pattern too.
func Matches(pattern, object string) bool {
	for _, p := range []string{pattern, strings.NewReplacer("[", `\[`, "]", `\]`).Replace(pattern)} {
		if ok, err := path.Match(p, object); ok && err == nil {
			return true
		}
	}
	return pattern == object
}

// Excuse notes in an input which guards are off for it.
func (e *Engine) Excuse(in *Input) {
	in.Waived = nil
	for i := range e.exceptions {
		x := &e.exceptions[i]
		if x.everywhere() || !x.covers(in) {
			continue
		}
		if in.Waived == nil {
			in.Waived = map[string]string{}
		}
		if in.Waived[x.Guard] == "" {
			in.Waived[x.Guard] = x.reason()
		}
	}
}

func (x *Exception) reason() string {
	if x.Who != "" {
		return fmt.Sprintf("%s (%s)", x.Reason, x.Who)
	}
	return x.Reason
}

// exceptionsOf are the exceptions of a configuration, with its waivers: by guard, those
// that are about more first.
func exceptionsOf(cfg Config) []Exception {
	out := slices.Clone(cfg.Exceptions)
	for id, reason := range cfg.Waivers {
		out = append(out, Exception{Guard: id, Reason: reason, Place: "waiver " + id})
	}
	slices.SortStableFunc(out, func(a, b Exception) int {
		return strings.Compare(a.Guard+"\x00"+a.Plan+a.Kind+a.Object, b.Guard+"\x00"+b.Plan+b.Kind+b.Object)
	})
	return out
}

// checkExceptions checks that each exception names a guard and a reason, and can match.
func checkExceptions(list []Exception, rules []Rule, kinds []string) error {
	for i := range list {
		x := &list[i]
		if message, hint := x.wrong(rules, kinds); message != "" {
			return &Error{File: x.Place, Message: message, Advice: hint}
		}
	}
	return nil
}

func (x *Exception) wrong(rules []Rule, kinds []string) (message, hint string) {
	i := slices.IndexFunc(rules, func(r Rule) bool { return r.ID == x.Guard })
	switch {
	case i < 0:
		return "no rule has this id", "docs/policies.md lists the shipped guards"
	case rules[i].Kind != guardKind:
		return "this is a default, and only guards can be waived", "replace it: write a default for the same class in team.<name>"
	case rules[i].Team && x.everywhere():
		return "this is a rule of your own", fmt.Sprintf("change it in %s:%d", rules[i].File, rules[i].Line)
	case strings.TrimSpace(x.Reason) == "":
		return "the reason is missing", "say why this guard is off; every preview shows the reason"
	case x.Kind != "" && x.Kind != KindRun && len(kinds) > 0 && !slices.Contains(kinds, x.Kind):
		return fmt.Sprintf("%s is not a kind%s", x.Kind, suggest(x.Kind, kinds)), "docs/sql.md lists the kinds"
	}
	if _, err := path.Match(x.Object, ""); err != nil {
		return fmt.Sprintf("%s is not a pattern", x.Object), "* matches anything but a slash; an id is a pattern too"
	}
	if _, err := x.end(); x.Expires != "" && err != nil {
		return fmt.Sprintf("%s is not a date", x.Expires), "write 2026-12-31, or a time such as 2026-12-31T18:00:00Z"
	}
	return "", ""
}
