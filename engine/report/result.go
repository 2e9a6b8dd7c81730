package report

import (
	"cmp"
	"fmt"
	"io"
	"regexp"
	"strings"

	"github.com/diet-project/diet/engine/answer"
	"github.com/diet-project/diet/engine/apply"
	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/mirror/kinds"
)

// Result implements [Format]: what failed, what was skipped because of that, and what is
// held, each by its reason; and the counts in one line.
func (t Text) Result(r *apply.Result) error {
	r = printable(r)
	t.findings(r.Findings, "")
	t.failed(r.Errors)
	for _, c := range r.Casualties {
		what, by := "it went along with what was deleted", ""
		if c.Field != "" {
			what = "its " + c.Field + " referred to what was deleted"
		}
		if c.User != "" {
			by = ", attached by " + c.User + " meanwhile"
		}
		fmt.Fprintf(t.W, "lost     %s %s: %s%s\n", strings.ReplaceAll(c.Kind, "_", " "), c.Name, what, by)
	}
	t.lost(r.Lost)
	causes{word: "skipped"}.of(r.Skipped, whySkipped(r.Held)).write(t.W)
	causes{word: "held", listed: true}.of(r.Held, func(o apply.Outcome) string { return o.Reason }).write(t.W)
	var parts []string
	for _, c := range []struct {
		list []apply.Outcome
		word string
	}{
		{r.Created, "created"}, {r.Updated, "updated"}, {r.Deleted, "deleted"}, {r.Orphaned, "released"},
		{r.Owned, "ownership recorded"}, {r.Held, "held"}, {r.Kept(), "skipped"}, {r.Failed, "failed"},
	} {
		if len(c.list) > 0 {
			parts = append(parts, c.word+" "+byKind(c.list))
		}
	}
	switch {
	case parts != nil:
	case r.Left.None():
		parts = []string{"nothing to do"}
	default:
		parts = []string{"nothing to write"}
	}
	left := r.Left
	left.Wrong = 0 // counted with the errors
	if text := left.String(); text != "" {
		parts = append(parts, text)
	}
	if left.Unmanaged > 0 {
		parts = append(parts, fmt.Sprintf("%d left to people", left.Unmanaged))
	}
	errors := amount(len(r.Errors)+r.Left.Wrong, "error")
	fmt.Fprintf(t.W, "%s; %s, %s\n", strings.Join(parts, "; "), errors, amount(r.Requests, "write request"))
	return nil
}

// whySkipped says why an object was skipped, where that is not by a rule alone: because of
// another one, or though one that is held waits for it.
func whySkipped(held []apply.Outcome) func(apply.Outcome) string {
	awaited := map[string]bool{}
	for _, o := range held {
		awaited[strings.TrimPrefix(o.Reason, "waits for ")] = true
	}
	return func(o apply.Outcome) string {
		switch {
		case o.Cause != "":
			return "waits for " + o.Cause
		case awaited[o.Object]:
			return o.Reason
		}
		return ""
	}
}

// failed writes one line a reason, with the objects that it holds of.
func (t Text) failed(list []apply.Failure) {
	all := make([]apply.Outcome, len(list))
	for i, f := range list {
		all[i] = apply.Outcome{Kind: f.Kind, Object: f.Object, Reason: f.Error}
	}
	causes{word: "failed", named: true}.of(all, func(o apply.Outcome) string { return o.Reason }).write(t.W)
}

// causes are outcomes by the one reason that they have in common.
type causes struct {
	word    string   // what became of them
	named   bool     // the objects are named, a line each, as far as they are few
	listed  bool     // the objects are named in the one line
	reasons []string // that of the first of each cause
	causes  []string
	by      map[string][]apply.Outcome // by [causeOf]
	awaited map[string]bool            // what others wait for
}

// of adds the outcomes that have a reason.
func (c causes) of(list []apply.Outcome, reason func(apply.Outcome) string) causes {
	c.by, c.awaited = map[string][]apply.Outcome{}, map[string]bool{}
	for _, o := range list {
		why := reason(o)
		if why == "" {
			continue
		}
		cause := causeOf(o, why)
		if strings.HasPrefix(why, waits) {
			cause, c.awaited[why] = waits, true
		}
		if c.by[cause] == nil {
			c.reasons, c.causes = append(c.reasons, why), append(c.causes, cause)
		}
		c.by[cause] = append(c.by[cause], o)
	}
	return c
}

// few is how many objects of one reason are named.
const few = 3

func (c causes) write(w io.Writer) {
	for i, why := range c.reasons {
		list := c.by[c.causes[i]]
		if n := len(c.awaited) - 1; c.causes[i] == waits && n > 0 {
			why = fmt.Sprintf("%s and %d more", why, n)
		}
		if c.named && len(list) <= few {
			for _, o := range list {
				fmt.Fprintf(w, "%-8s %s %s: %s\n", c.word, o.Kind, o.Object, why)
			}
			continue
		}
		of := ""
		switch {
		case c.named:
			of = fmt.Sprintf(" (%s, %s … %s)", list[0].Object, list[1].Object, list[len(list)-1].Object)
		case c.listed:
			of = " (" + shortened(names(list)) + ")"
		}
		fmt.Fprintf(w, "%-8s %s%s: %s\n", c.word, byKind(list), of, why)
	}
}

// causeOf is a reason without what is the object's own in it.
func causeOf(o apply.Outcome, why string) string {
	return impersonal(why, &change.Change{Object: o.Object, Name: o.Name, NetBoxID: o.ID})
}

// impersonal is a message about an object without what is its own: its names, its id, and the second in
// which an edit of many reached it.
func impersonal(message string, c *change.Change) string {
	return seconds.ReplaceAllString(answer.Alike(message, c), "$1")
}

// names are those of objects as a preview has them.
func names(list []apply.Outcome) []string {
	out := make([]string, len(list))
	for i, o := range list {
		_, shared, _ := strings.Cut(o.Object, ":")
		c := &change.Change{Kind: o.Kind, Object: o.Object, Name: cmp.Or(o.Name, o.Object)}
		if out[i] = label(c); kind(c).Attached && !kind(c).IsOwned() {
			out[i] = shared
		}
	}
	return out
}

// seconds are what of a time is left out to tell reasons apart.
var seconds = regexp.MustCompile(`([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}):[0-9]{2}(?:\.[0-9]+)?Z`)

// byKind counts objects by kind.
func byKind(list []apply.Outcome) string {
	count := map[string]int{}
	for _, o := range list {
		count[o.Kind]++
	}
	var parts []string
	for _, k := range kinds.Standard().All() {
		if count[k.Name] > 0 {
			parts = append(parts, amount(count[k.Name], k.Name))
		}
	}
	return strings.Join(parts, ", ")
}
