package engine

import (
	"github.com/diet-project/diet/engine/change"
)

// hold marks every acting change that waits for one that does not act: a
// verdict on an object holds all that depends on it, and the rest is applied. A
// verdict on the preview as a whole holds everything.
func hold(set *change.Set, whole change.Verdict) {
	at := make(map[string]*change.Change, len(set.Changes))
	for i := range set.Changes {
		at[set.Changes[i].Object] = &set.Changes[i]
	}
	if whole.Waits() {
		for i := range set.Changes {
			if set.Changes[i].Acts() {
				set.Changes[i].Held = whole.Message
			}
		}
		return
	}
	for i := range set.Changes {
		if c := &set.Changes[i]; c.Verdict.Decision == change.DecisionRenameExisting {
			c.Held = "diet does not rename existing objects yet: rename it by hand, or adopt it"
		}
	}
	holdWrong(set, at)
	for changed := true; changed; {
		changed = false
		for i := range set.Changes {
			c := &set.Changes[i]
			if !c.Acts() {
				continue
			}
			if need := unmet(c, at); need != "" {
				c.Held = "waits for " + need
				changed = true
			}
		}
	}
}

// holdWrong marks what the findings concern.
func holdWrong(set *change.Set, at map[string]*change.Change) {
	for _, n := range set.Findings {
		if n.Severity != change.Error {
			continue
		}
		for _, object := range n.Objects {
			if c := at[object]; c != nil && c.Acts() {
				c.Held = n.Message
			}
		}
	}
}

// unmet returns the first need of a change that will not be met, or "".
func unmet(c *change.Change, at map[string]*change.Change) string {
	for _, need := range c.Needs {
		n, ok := at[need]
		switch {
		case !ok:
			continue // it stands in NetBox already
		case !n.Acts():
			return need
		case c.Deletes() && n.Action == change.Delete && !n.Deletes():
			return need // it will stay, and with it what it stands in
		}
	}
	return ""
}

// follow gives what goes with a doomed device, and what went with one that somebody
// deleted, that device's verdict: it is one question.
func follow(set *change.Set) {
	wholes := map[string]*change.Change{}
	for i := range set.Changes {
		if c := &set.Changes[i]; c.With == "" && (c.Class == change.Orphaned || c.Class == change.Missing) {
			wholes[c.Object] = c
		}
	}
	for i := range set.Changes {
		c := &set.Changes[i]
		if owner, ok := wholes[c.With]; ok {
			c.Verdict = owner.Verdict
			c.Verdict.Message = "decided together with " + owner.Object
		}
	}
}
