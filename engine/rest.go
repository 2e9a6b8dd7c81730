package engine

import (
	"slices"

	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/engine/diff"
	"github.com/diet-project/diet/generate/plain"
)

// Rest counts what is not as the plan says, and is not written. An apply counts what it leaves; a
// preview also the drift that it would put right.
func (p *Preview) Rest() change.Rest { return p.rest(func(*change.Change) bool { return false }) }

// left is Rest once an apply has carried out what acts. What was held its result lists itself.
func (p *Preview) left() change.Rest {
	r := p.rest(func(c *change.Change) bool { return c.Acts() })
	r.Held, r.Denied = 0, 0
	return r
}

func (p *Preview) rest(done func(*change.Change) bool) change.Rest {
	var r change.Rest
	for i := range p.Changes {
		c := &p.Changes[i]
		r.Drifted += one(Drifted(c) && !(done(c) && righted(c)))
		r.Held += one(Stalled(c) || c.Held == "" && c.Waits())
		r.Denied += one(c.Held == "" && c.Deciding().Denies())
		r.Skipped += one(LeftAlone(c))
		r.Accepted += one(c.Accepted() || slices.ContainsFunc(c.Fields, func(f change.Field) bool { return f.Verdict.Accepted() }))
		r.Unmanaged += one(c.Class == change.Unmanaged && c.NetBoxID != 0 && !c.Acts())
		r.Shared += one(c.Class == change.Finding)
	}
	for _, f := range p.Findings {
		r.Wrong += one(f.Severity == change.Error)
		r.LeftOut += one(f.ID == LeftOutFinding)
	}
	return r
}

func one(is bool) int {
	if is {
		return 1
	}
	return 0
}

// righted reports whether all drift of a change that acts is written.
func righted(c *change.Change) bool {
	return !slices.ContainsFunc(c.Fields, func(f change.Field) bool {
		return f.Class == change.Drift && !f.Verdict.Accepted() && !f.Verdict.Acts()
	})
}

// Stalled reports whether a change waits for another one, or for room.
func Stalled(c *change.Change) bool { return c.Stuck() && !c.Acts() }

// LeftAlone reports whether a rule leaves an object as it is, by itself.
func LeftAlone(c *change.Change) bool {
	return c.Verdict.Decision == change.DecisionSkip && c.With == "" && c.Held == "" && !c.Accepted()
}

// differs reports whether a finding tells of something in NetBox that the plan does not have.
func differs(n change.Notice) bool { return n.ID == diff.GatheredFinding }

// Ending says of a preview that writes nothing why that is. That NetBox is as the plan says it
// says only where nothing differs.
func (p *Preview) Ending() string {
	differing := map[[2]string]bool{} // a shared object may be renamed, and differ besides
	for i := range p.Changes {
		if c := &p.Changes[i]; !c.NotNeeded {
			differing[[2]string{c.Kind, c.Object}] = true
		}
	}
	differ, rest := len(differing), p.Rest()
	switch {
	case differ > 0:
		return "nothing to write, but " + plain.Count(differ, "object differs", "objects differ") + " from the plan: see below"
	case rest.Wrong > 0 || p.Verdict.Waits() || slices.ContainsFunc(p.Findings, differs):
		return "nothing to write: see below"
	case rest.LeftOut > 0:
		return "nothing to do in what was chosen: what is left out differs, see below"
	case p.RollsBack != "":
		return "nothing to do: nothing of " + p.RollsBack + " is left to undo"
	case p.Destroys != nil:
		return "nothing to do: nothing of the plan is left in NetBox"
	}
	return "nothing to do: NetBox is as the plan says"
}
