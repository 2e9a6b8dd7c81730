// Package notify tells people what happens to plans: by rules, gathered into one message, and
// each thing once until it changes.
//
// What a rule has to say about a plan *stands* in the store, beside what was *said*. A
// message holds what stands and was not said. So nothing is told twice by a restart, or by
// several processes that share a store, and nothing is forgotten where nobody could be told.
package notify

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Topic is what a rule may tell about.
type Topic string

// The topics, besides thresholds.
const (
	Drift     Topic = "drift"     // somebody edited NetBox
	Conflicts Topic = "conflicts" // something waits for a person
	Failures  Topic = "failures"  // a job or a run failed, NetBox is away, a plan does not load
	Approvals Topic = "approvals" // a change wants people to approve it
)

// netboxTopic is of what rules tell about failures: it is of no plan, and of all of them.
const netboxTopic = "netbox"

// Topics are all of them.
func Topics() []Topic { return []Topic{Drift, Conflicts, Failures, Approvals} }

// Rule says whom to tell about what.
type Rule struct {
	Name       string
	URLs       []string // secrets filled in
	On         []Topic
	Plans      []string // their keys; none are all
	Thresholds []Threshold

	// Group is how long what happens is gathered, and Every how long a message is kept back
	// after another one.
	Group, Every time.Duration
}

// Threshold is how much drift is too much: of a kind, a field, a severity, where they are not
// empty.
type Threshold struct {
	Kind, Field, Severity string
	Count, Percent        int // 0 for none
}

// String says what the threshold is, for people.
func (t Threshold) String() string {
	var most []string
	if t.Count > 0 {
		most = append(most, fmt.Sprint(t.Count))
	}
	if t.Percent > 0 {
		most = append(most, fmt.Sprintf("%d %%", t.Percent))
	}
	what := []string{"drift"}
	for _, of := range []struct{ text, value string }{{"of kind", t.Kind}, {"in", t.Field}, {"of severity", t.Severity}} {
		if of.value != "" {
			what = append(what, of.text, of.value)
		}
	}
	return fmt.Sprintf("%s reaches %s", strings.Join(what, " "), strings.Join(most, " or "))
}

// covers reports whether a rule is about a plan.
func (r *Rule) covers(plan string) bool { return len(r.Plans) == 0 || slices.Contains(r.Plans, plan) }

// wrong is what is wrong with a rule: which key of it, and why.
type wrong struct {
	key string
	why error
}

// check says what is wrong with a rule.
func (r *Rule) check() []wrong {
	var out []wrong
	if r.Name == "" {
		out = append(out, wrong{"name", errors.New("want a name")})
	}
	if len(r.URLs) == 0 {
		out = append(out, wrong{"urls", errors.New("want at least one address")})
	}
	for i, address := range r.URLs {
		if err := checkAddress(address); err != nil {
			out = append(out, wrong{fmt.Sprintf("urls[%d]", i), err})
		}
	}
	for i, t := range r.On {
		if !slices.Contains(Topics(), t) {
			out = append(out, wrong{fmt.Sprintf("on[%d]", i), fmt.Errorf("%q is none of drift, conflicts, failures and approvals", t)})
		}
	}
	for i, t := range r.Thresholds {
		key := fmt.Sprintf("thresholds[%d]", i)
		if t.Count == 0 && t.Percent == 0 {
			out = append(out, wrong{key, errors.New("a threshold wants count or percent")})
		}
	}
	return out
}

// withDefaults tells about everything where a rule does not say about what.
func (r Rule) withDefaults() Rule {
	if len(r.On)+len(r.Thresholds) == 0 {
		r.On = Topics()
	}
	return r
}
