package engine

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/engine/diff"
)

// asked are the objects that people gave answers about which no difference asks for: to
// give something up, or to take it back.
func (h *hearing) asked() []diff.Asked {
	var out []diff.Asked
	for _, a := range h.book.Answers() {
		word := change.Answer(a.Answer)
		gives := word == change.AnswerUnmanage || word == change.AnswerAdopt && a.Field != ""
		if gives && a.Object != "" && !a.Expired(h.engine.now()) {
			out = append(out, diff.Asked{Object: a.Object, Field: a.Field, Answer: word})
		}
	}
	return out
}

// told is what the verdicts on a set tell the comparison: decided so, it comes out
// otherwise. ok is false where nothing does.
func (h *hearing) told(set *change.Set) (said diff.Told, ok bool) {
	said = diff.Told{
		Asked: h.asked(), Mapped: h.mapped, Whose: map[diff.Place]diff.Said{}, Instead: map[string]change.Verdict{}, Named: map[string]bool{},
	}
	for i := range set.Changes {
		c := &set.Changes[i]
		v := c.Verdict
		switch {
		case c.Class == change.Shared && v.Decision == change.DecisionUseName:
			said.Named[c.Object] = true
			h.goByName(c)
		case c.Class == change.Identity && (v.Decision == change.DecisionRestore || v.Decision == change.DecisionAdopt),
			c.Class == change.Unmanaged && v.Decision == change.DecisionAdopt:
			if id := h.picked(c); id != 0 {
				said.Whose[diff.Place{Kind: c.Kind, ID: id}] = diff.Said{Verdict: v, Object: c.Object}
			}
		case v.Decision == change.DecisionRenameExisting, c.Class == change.Blocked && v.Decision == change.DecisionAdopt:
			said.Instead[c.Object] = v
		}
	}
	return said, len(said.Whose)+len(said.Instead)+len(said.Named) > 0
}

// picked is the NetBox id of the object that an answer is about: of several that have one
// id, the one that it names, or none.
func (h *hearing) picked(c *change.Change) int64 {
	if c.Class != change.Identity || len(c.Differs) > 0 {
		return c.NetBoxID
	}
	if a := h.given[&c.Verdict]; a != nil {
		if id, numbered := strings.CutPrefix(a.Object, c.Kind+":"); numbered {
			n, _ := strconv.ParseInt(id, 10, 64) // it names one of them, or is no number
			return n
		}
	}
	return 0
}

// goByName notes what references to a shared object are to refer to.
func (h *hearing) goByName(c *change.Change) {
	a := h.given[&c.Verdict]
	if a == nil {
		return // a rule decided
	}
	h.named[c.Kind+" @"+c.Object] = a
	for _, r := range c.References {
		h.named[fmt.Sprint(c.Kind, " ", r.ID)] = a
	}
}

// giveUp makes the changes of objects that people take over: nothing else of them is written.
func giveUp(set *change.Set) {
	for i := range set.Changes {
		if c := &set.Changes[i]; c.Verdict.Decision == change.DecisionUnmanage && c.Before != nil {
			c.Action, c.Fields, c.Needs = change.Disregard, nil, nil
		}
	}
}
