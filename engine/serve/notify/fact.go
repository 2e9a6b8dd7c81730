package notify

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/diet-project/diet/engine"
	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/engine/report"
	"github.com/diet-project/diet/generate/plain"
)

// Facts are what a job found of a plan.
type Facts struct {
	Plan string

	// Job is the kind of the job, Reached that it could read NetBox, Away that NetBox kept it from
	// that, and Failure why it could not do its work, "" if it did.
	Job           string
	Reached, Away bool
	Failure       string

	// Status and Preview are what was found; nil where it failed before.
	Status  *engine.Status
	Preview *engine.Preview

	// Objects is how many objects of each kind the plan has in NetBox.
	Objects map[string]int
}

// texts are what there is to say of a topic, by what each is about. An empty one is quiet: it
// stands, and a person has answered it.
type texts map[string]string

// standing is what a rule has to say, by topic; an empty one is all right. What is not known
// is left out.
func (r *Rule) standing(f *Facts) map[string]texts {
	out := map[string]texts{}
	for _, t := range r.On {
		switch {
		case t == Failures:
			f.failures(out)
		case f.Preview == nil:
		case t == Drift:
			out[string(t)] = textsOf(f.differences())
		case t == Conflicts:
			out[string(t)] = f.conflicts()
		case t == Approvals:
			out[string(t)] = f.approvals()
		}
	}
	if f.Preview != nil {
		for _, t := range r.Thresholds {
			out["threshold: "+t.String()] = f.reached(t)
		}
	}
	for topic := range out {
		out[topic] = out[topic].bounded()
	}
	return out
}

// failures adds that NetBox is away, which is one thing whatever job finds it out; that this
// kind of job fails; and that the plan is in error.
func (f *Facts) failures(out map[string]texts) {
	job := texts{}
	switch {
	case f.Away:
		out[netboxTopic] = texts{"netbox": f.Failure}
		return
	case f.Failure != "":
		job["job"] = f.Failure
	}
	out[string(Failures)+": "+f.Job] = job
	if f.Reached {
		out[netboxTopic] = texts{}
		out[string(Failures)] = texts{} // as an earlier diet called it
	}
	if f.Status != nil {
		status := texts{}
		if f.Status.Status == engine.StateError {
			status[f.Status.Error] = f.Status.Error
		}
		out[string(Failures)+": status"] = status
	}
}

// difference is a piece of drift.
type difference struct {
	object                string // its kind and id
	key, text             string
	kind, field, severity string

	// answered says that a person has answered it, and accepted that it stays.
	answered, accepted bool
}

func textsOf(all []difference) texts {
	out := texts{}
	for _, d := range all {
		if out[d.key] = d.text; d.accepted {
			out[d.key] = ""
		}
	}
	return out
}

// answered are the keys of what a person has answered.
func (f *Facts) answered() map[string]bool {
	out := map[string]bool{}
	if f.Preview != nil {
		for _, d := range f.differences() {
			out[d.key] = d.answered
		}
	}
	return out
}

// drifted is all drift that nobody has accepted.
func (f *Facts) drifted() []difference {
	return slices.DeleteFunc(f.differences(), func(d difference) bool { return d.accepted })
}

// differences are all drift.
func (f *Facts) differences() []difference {
	var out []difference
	set := f.Preview.Set()
	for i := range f.Preview.Changes {
		c := &f.Preview.Changes[i]
		switch {
		case c.With != "": // it is told with the device
		case c.Class == change.Missing:
			out = append(out, object(c, "was deleted"))
		case c.Class == change.Orphaned:
			out = append(out, object(c, "is no longer in the plan"))
		}
		for j := range c.Fields {
			if d := &c.Fields[j]; d.Class == change.Drift && c.Bundle(d)[0] == d {
				out = append(out, field(set, c, d))
			}
		}
	}
	return out
}

func object(c *change.Change, what string) difference {
	return difference{
		key: c.Kind + " " + c.Object + " " + string(c.Class), object: c.Kind + " " + c.Object, kind: c.Kind, severity: c.Verdict.Severity,
		text:     fmt.Sprintf("%s %s %s%s", c.Kind, called(c), what, by(c.Blame)),
		answered: c.Verdict.Answer != "", accepted: c.Accepted(),
	}
}

func field(set *change.Set, c *change.Change, f *change.Field) difference {
	have, want := shown(set, c, f.Name, f.Have), shown(set, c, f.Name, f.Want)
	return difference{
		key:    strings.Join([]string{c.Kind, c.Object, f.Name, fmt.Sprint(f.Have)}, " "),
		object: c.Kind + " " + c.Object, kind: c.Kind, field: f.Name, severity: f.Verdict.Severity,
		text:     fmt.Sprintf("%s %s: %s is %s, the plan says %s%s", c.Kind, called(c), f.Name, have, want, by(f.Blame)),
		answered: f.Verdict.Answer != "", accepted: f.Verdict.Accepted(),
	}
}

// called is what an object is called: many parts of devices, and cables, have one name.
func called(c *change.Change) string {
	if strings.Count(c.Object, "/") < 2 {
		return c.Name
	}
	return fmt.Sprintf("%s (%s)", c.Name, c.Object)
}

// shown is a value for people, a reference by the name of what it refers to.
func shown(set *change.Set, c *change.Change, field string, v any) string {
	if name, ok := set.Named(c.Kind, field, v); ok {
		v = name
	}
	switch x := v.(type) {
	case nil:
		return "empty"
	case string:
		return fmt.Sprintf("%q", x)
	}
	return fmt.Sprint(v)
}

// by says who it was.
func by(b *change.Blame) string {
	if b == nil || b.User == "" {
		return ""
	}
	return " (" + strings.TrimSpace(b.User+" "+b.Time) + ")"
}

// conflicts are the questions that are open, what guards forbid, and what is wrong with the
// plan.
func (f *Facts) conflicts() texts {
	out := texts{}
	for i := range f.Preview.Conflicts {
		x := &f.Preview.Conflicts[i]
		if !x.Verdict.Waits() || x.Verdict.WantsApproval() {
			continue
		}
		key := strings.Join([]string{string(x.Type), x.Kind, x.Object, x.Field, fmt.Sprint(x.Have), x.Verdict.Rule}, " ")
		name := strings.TrimSpace(x.Kind + " " + x.Name + " " + x.Field)
		out[key] = fmt.Sprintf("%s: %s (%s)%s", name, message(x.Verdict), x.Verdict.Rule, by(x.Blame))
	}
	if v := f.Preview.Verdict; v.Waits() && !v.WantsApproval() {
		out["run "+v.Rule] = fmt.Sprintf("the whole preview: %s (%s)", message(v), v.Rule)
	}
	for _, n := range f.Preview.Findings {
		if n.Severity == change.Error {
			out["finding "+n.ID+" "+n.Message] = n.Message
		}
	}
	return out
}

func message(v change.Verdict) string {
	if v.Message != "" {
		return v.Message
	}
	return string(v.Decision)
}

// approvals are the changes that want people to approve them.
func (f *Facts) approvals() texts {
	out := texts{}
	add := func(about string, v change.Verdict) {
		if v.WantsApproval() {
			out[about+" "+v.Rule] = fmt.Sprintf("%s wants %s: %s (%s)", about, plain.Count(v.Approvals, "approval", "approvals"), message(v), v.Rule)
		}
	}
	add("the whole preview", f.Preview.Verdict)
	for i := range f.Preview.Changes {
		if c := &f.Preview.Changes[i]; c.With == "" {
			add(c.Kind+" "+c.Name, c.Deciding())
		}
	}
	return out
}

// severities are the severities of verdicts, the least first.
var severities = []string{"info", "low", "medium", "high", "critical"}

// reached is that drift has reached a threshold: how much there is does not make it news again.
func (f *Facts) reached(t Threshold) texts {
	n, objects := 0, map[string]bool{}
	for _, d := range f.drifted() {
		if (t.Kind == "" || d.kind == t.Kind) && (t.Field == "" || d.field == t.Field) &&
			slices.Index(severities, d.severity) >= slices.Index(severities, t.Severity) {
			n++
			objects[d.object] = true
		}
	}
	of := f.Objects[t.Kind]
	if t.Kind == "" {
		for _, some := range f.Objects {
			of += some
		}
	}
	if t.Count > 0 && n >= t.Count || t.Percent > 0 && n > 0 && len(objects)*100 >= t.Percent*of {
		return texts{"reached": fmt.Sprintf("%s: %d by now, in %d of %d objects", t, n, len(objects), of)}
	}
	return texts{}
}

const (
	mostTexts  = 1000 // that are remembered one by one
	longestOne = 300  // runes of a text

	more = "more " // begins the key of what is too much
)

// bounded keeps what is stored small. What is too much counts as one thing, which changes with
// any of it.
func (t texts) bounded() texts {
	out := texts{}
	for i, key := range slices.Sorted(maps.Keys(t)) {
		if i == mostTexts {
			sum := sha256.New()
			for _, key := range slices.Sorted(maps.Keys(t))[i:] {
				sum.Write([]byte(key + "\n"))
			}
			out[more+hex.EncodeToString(sum.Sum(nil)[:8])] = fmt.Sprintf("and %d more", len(t)-i)
			break
		}
		text := []rune(report.Printable(t[key]))
		if len(text) > longestOne {
			text = append(text[:longestOne], '…')
		}
		out[key] = string(text)
	}
	return out
}
