package engine

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"

	"github.com/diet-project/diet/engine/answer"
	"github.com/diet-project/diet/engine/approval"
	"github.com/diet-project/diet/engine/call"
	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/engine/diff"
	"github.com/diet-project/diet/engine/policy"
	"github.com/diet-project/diet/generate"
	"github.com/diet-project/diet/mirror/kinds"
	"github.com/diet-project/diet/mirror/store"
)

// FormatVersion is the version of a preview's JSON.
const FormatVersion = "1.0"

// Preview is a set of changes with their verdicts, as it is shown, stored, and compared
// again before it is applied.
type Preview struct {
	FormatVersion string `json:"format_version"`
	ID            string `json:"id"`
	Plan          string `json:"plan"`
	PlanFile      string `json:"plan_file,omitempty"`
	CreatedAt     string `json:"created_at"`

	// Targets and Excluded are those of a preview of a part of the plan, and Destroys the plan
	// that one is to remove.
	Targets  []string           `json:"targets,omitempty"`
	Excluded []string           `json:"excluded,omitempty"`
	Destroys *generate.PlanInfo `json:"destroys,omitempty"`

	// Beside are the files of the plans that were named too, where objects go from one of them
	// to another, and Takes the keys of those that this one takes objects from.
	Beside []string `json:"beside,omitempty"`
	Takes  []string `json:"takes,omitempty"`

	// RollsBack is the run that the preview undoes, and Undone what is known of its plan.
	RollsBack string             `json:"rollback_of,omitempty"`
	Undone    *generate.PlanInfo `json:"rollback_plan,omitempty"`

	// Digests cover what the preview rests on: the plan, the policies, and every change
	// with its verdict, by kind and object id.
	PlanDigest   string            `json:"plan_digest"`
	PolicyDigest string            `json:"policy_digest"`
	Policies     policy.Sources    `json:"policies"`                  // what decides
	AnswerDigest string            `json:"resolutions_digest"`        // of the plan's answers, "" for none
	Edited       *policy.Edited    `json:"edited_policies,omitempty"` // used instead of the shipped ones
	Changed      map[string]string `json:"digests"`

	// Demanded is how many people must approve the preview for what its rules ask, and
	// Approvals who did, which is no part of what they approve.
	Demanded  int        `json:"approvals_demanded,omitempty"`
	Approvals *Approvals `json:"approvals,omitempty"`

	// Outcome is what becomes of it with them; nil where none are demanded.
	Outcome *Outcome `json:"with_approvals,omitempty"`

	// Judged is true if NetBox was asked what depends on objects that would be deleted:
	// the mirror knows only part of it.
	Judged bool `json:"judged"`

	Summary   change.Counts   `json:"summary"`
	Verdict   change.Verdict  `json:"verdict"` // on the preview as a whole
	Changes   []change.Change `json:"changes"`
	Conflicts []Conflict      `json:"conflicts"`

	// Questions are what waits for a person and can be answered.
	Questions []answer.Question `json:"questions"`

	// Findings are problems and notes that are not changes.
	Findings []change.Notice `json:"findings"`

	// Unmanaged are edits of fields that no plan owns, for information.
	Unmanaged []Unmanaged `json:"unmanaged_changes"`

	names map[string]map[int64]string // of the objects that fields refer to

	log *ledger // what was decided

	// What the preview was made of, to be carried: the text of the plan, and its answers.
	planText string
	answers  []answer.Answer

	carried bool // it came in a file

	past *past // the run that it undoes

	// What approvals are of, and those that were given.
	digest string
	called string // what a command that approves names, where that is not the id
	signed []approval.Signed

	ground map[string]string // digests of the changes before anything was decided
}

// Set returns the changes as a set.
func (p *Preview) Set() *change.Set {
	return &change.Set{Plan: p.Plan, Changes: p.Changes, Findings: p.Findings, Names: p.names}
}

// Pending counts the changes that an apply would write.
func (p *Preview) Pending() int { return p.Set().Acting() }

// Withheld counts the changes that would be written but for what is asked about the preview as a
// whole: all of them wait for that.
func (p *Preview) Withheld() int {
	n := 0
	for i := range p.Changes {
		if p.Verdict.Waits() && p.Changes[i].Held == p.Verdict.Message {
			n++
		}
	}
	return n
}

// asked counts what waits for a person: one for each object or field, and for each question about
// the preview as a whole.
func (p *Preview) asked() int {
	n := 0
	for i := range p.Conflicts {
		if p.Conflicts[i].Verdict.Waits() {
			n++
		}
	}
	whole := 0
	for i := range p.Questions {
		if p.Questions[i].Class == change.Run {
			whole++
		}
	}
	if whole == 0 && p.Verdict.Waits() {
		whole = 1 // nothing answers it
	}
	return n + whole
}

// Waits reports whether anything, or the preview as a whole, waits for a person: to
// decide, to fix what a finding reports, or to clear away what else is in the way.
func (p *Preview) Waits() bool {
	return p.Set().Wrong() || p.Set().Stuck() || p.decided(change.Verdict.Waits)
}

// Denied reports whether a guard forbids anything, or the preview as a whole.
func (p *Preview) Denied() bool { return p.decided(change.Verdict.Denies) }

// decided reports whether question is true for the verdict on the whole preview, or for
// the deciding verdict of any change.
func (p *Preview) decided(question func(change.Verdict) bool) bool {
	if question(p.Verdict) {
		return true
	}
	for i := range p.Changes {
		if question(p.Changes[i].Deciding()) {
			return true
		}
	}
	return false
}

// Diff compares an intent with the mirror, and decides: a plan is generated with its cables
// kept where diet last put them. It asks NetBox nothing, and stores and writes nothing: what
// depends on objects that would be deleted is judged by the mirror alone.
func (e *Engine) Diff(ctx context.Context, intent Intent) (*Preview, error) {
	return e.diff(ctx, intent, false)
}

// diff is Diff; with judge, it asks NetBox what depends on objects that would be
// deleted.
func (e *Engine) diff(ctx context.Context, intent Intent, judge bool) (*Preview, error) {
	p, _, err := e.examine(ctx, intent, closely{judge: judge})
	return p, err
}

// closely says how an intent is examined.
type closely struct {
	judge bool // NetBox is asked what depends on objects that would be deleted
	asked []diff.Asked

	mapped mapping // beside what answers say

	by       []string // who approved
	grounds  bool     // to be compared with another examination
	supposes bool     // what would be decided is shown, and not recorded
	answers  bool     // so that somebody answers
}

// examine is diff, and also returns what is asked and answered. Where the answers change
// what there is to compare, it compares again: what is asked is that of the first time.
func (e *Engine) examine(ctx context.Context, intent Intent, how closely) (*Preview, *hearing, error) {
	info := intent.Info()
	answers, err := e.answersOf(intent, info.File, how.answers)
	if err != nil {
		return nil, nil, err
	}
	mapped := e.mappingOf(info.Key, answers, how.mapped)
	to, err := e.aim(ctx, intent, mapped)
	if err != nil {
		return nil, nil, err
	}
	switch read, err := e.widen(ctx, to.topo, how.judge); {
	case err != nil:
		return nil, nil, err
	case read:
		if to, err = e.aim(ctx, intent, mapped); err != nil {
			return nil, nil, err
		}
	}
	id, topo := newID("pv"), to.topo
	for object, at := range to.known {
		if _, said := mapped[object]; !said {
			mapped[object] = at
		}
	}
	hall := e.hear(intent, topo, id, answers)
	hall.judged, hall.by, hall.grounds, hall.mapped = how.judge, how.by, how.grounds, mapped
	set, whole, err := e.compare(ctx, intent, to, hall, diff.Told{Asked: append(hall.asked(), how.asked...), Mapped: mapped})
	if err != nil {
		return nil, nil, err
	}
	last := hall
	if said, ok := hall.told(set); ok {
		last = hall.again()
		hall.next = last
		if set, whole, err = e.compare(ctx, intent, to, last, said); err != nil {
			return nil, nil, err
		}
	}
	if !how.supposes {
		if err := e.recordDecisions(ctx, set); err != nil {
			return nil, nil, err
		}
	}
	p := e.newPreview(topo, set, whole, last)
	p.ID, p.Judged, p.ground = id, how.judge, hall.ground
	p.stand(intent)
	p.tellHold(intent, to.freed)
	if to.run != "" {
		p.tellAnswers(hall.book.Answers(), e.ResolutionsOf(intent), e.now())
	}
	if err := e.listUnmanaged(ctx, p, set.Plan); err != nil {
		return nil, nil, err
	}
	return p, hall, nil
}

// compare compares a topology with the mirror, and decides.
func (e *Engine) compare(
	ctx context.Context, intent Intent, to *aim, hall *hearing, said diff.Told,
) (*change.Set, change.Verdict, error) {
	defer e.cfg.Step("")
	e.cfg.Step("comparing the plan with NetBox")
	said.Rebase, said.Past = e.cfg.Rebase, to.past
	set, err := e.found(ctx, to, said, hall.judged)
	if err != nil {
		return nil, change.Verdict{}, err
	}
	if err := e.narrow(ctx, intent, to, set); err != nil {
		return nil, change.Verdict{}, err
	}
	to.alone(set)
	to.giveBack(set)
	if e.cfg.Rebase {
		set.Changes = records(set.Changes)
	}
	ties, err := e.judge(ctx, set, hall.judged)
	if err != nil {
		return nil, change.Verdict{}, err
	}
	hall.bonds = bondsOf(set, ties, to.left)
	if err := e.lookAtPorts(ctx, set, hall.bonds); err != nil {
		return nil, change.Verdict{}, err
	}
	if err := e.hidden(ctx, set); err != nil {
		return nil, change.Verdict{}, err
	}
	if hall.judged && e.client != nil {
		if err := e.unshown(ctx, set); err != nil {
			return nil, change.Verdict{}, err
		}
	}
	if hall.grounds {
		hall.ground = digests(set)
	}
	whole, err := e.decide(ctx, to, set, hall)
	if err == nil {
		err = e.takeAlong(ctx, set)
	}
	return set, whole, err
}

// found is what differs. With ask, NetBox is asked who did what the mirror does not know.
func (e *Engine) found(ctx context.Context, to *aim, said diff.Told, ask bool) (*change.Set, error) {
	if err := e.checkProvisionedFor(ctx, to.topo); err != nil {
		return nil, err
	}
	set, err := diff.Diff(ctx, e.db, to.topo, said)
	if err != nil || !ask || e.client == nil {
		return set, err
	}
	if more, err := e.recall(ctx, set); err != nil || !more {
		return set, err
	}
	return diff.Diff(ctx, e.db, to.topo, said)
}

// Generate makes the topology of a plan with its cables kept where diet last put them,
// according to the mirror: what an apply builds.
func (e *Engine) Generate(ctx context.Context, plan *generate.Plan) (*generate.Topology, error) {
	return e.generate(ctx, plan, nil)
}

// Deciders are what decides about a plan: the policies with their waivers, and what is edited of the shipped ones.
type Deciders struct {
	Policies policy.Sources
	Edited   *policy.Edited
}

// Deciders are what decides about a plan now.
func (e *Engine) Deciders(intent Intent) Deciders { return e.deciders(intent.Info().Key) }

func (e *Engine) deciders(plan string) Deciders {
	return Deciders{e.policies.Sources(e.now(), plan), e.policies.Edited()}
}

// Deciders are what decided about the plan of a preview.
func (p *Preview) Deciders() Deciders { return Deciders{p.Policies, p.Edited} }

func (e *Engine) newPreview(topo *generate.Topology, set *change.Set, whole change.Verdict, hall *hearing) *Preview {
	by := e.deciders(set.Plan)
	p := &Preview{
		FormatVersion: FormatVersion,
		Plan:          set.Plan,
		PlanFile:      topo.Plan.File,
		CreatedAt:     e.stamp(),
		PlanDigest:    topo.Plan.Digest,
		PolicyDigest:  e.policies.Digest(),
		Policies:      by.Policies,
		Edited:        by.Edited,
		Changed:       digests(set),
		Summary:       summary(set),
		Demanded:      demanded(set, whole),
		Verdict:       whole,
		Changes:       set.Changes,
		Conflicts:     e.conflicts(set, hall),
		Questions:     hall.open(),
		AnswerDigest:  hall.book.Digest(),
		Findings:      append([]change.Notice{}, set.Findings...),
		Unmanaged:     []Unmanaged{},
		names:         set.Names,
		log:           hall.log,
	}
	for _, a := range hall.book.Answers() {
		p.answers = append(p.answers, *a)
	}
	if p.Changes == nil {
		p.Changes = []change.Change{} // null is no list
	}
	p.Takes = takenFrom(set)
	return p
}

// digests are those of all changes, by kind and object id.
func digests(set *change.Set) map[string]string {
	out := make(map[string]string, len(set.Changes))
	for i := range set.Changes {
		c := &set.Changes[i]
		out[c.Kind+" "+c.Object] = digest(c)
	}
	return out
}

// runID begins the ids of runs.
const runID = "run"

// newID makes a short random id that is easy to read and to type.
func newID(prefix string) string {
	var b [4]byte
	_, _ = rand.Read(b[:]) // never fails, as crypto/rand says
	return prefix + "-" + hex.EncodeToString(b[:])
}

// summary counts changes by kind and action; every action of a kind is listed.
func summary(set *change.Set) change.Counts {
	counts := set.Count((*change.Change).Acts)
	for _, kind := range kinds.Standard().Owned() {
		if counts[kind.Name] == nil && !kind.Later {
			counts[kind.Name] = map[change.Action]int{}
		}
	}
	for _, byAction := range counts {
		for _, a := range []change.Action{change.Create, change.Update, change.Delete, change.Orphan, change.Adopt, change.Own} {
			byAction[a] += 0
		}
	}
	return counts
}

// recordDecisions stores the verdicts for the view decision.
func (e *Engine) recordDecisions(ctx context.Context, set *change.Set) error {
	address, err := e.netbox(ctx)
	if err != nil {
		return err
	}
	var out []store.Decision
	add := func(c *change.Change, field string, class change.Class, v change.Verdict) {
		out = append(out, store.Decision{
			NetBox: address, Plan: set.Plan, Kind: c.Kind, Object: c.Object, Field: field, Class: string(class),
			Decision: string(v.Decision), Rule: v.Rule, Severity: v.Severity, Message: v.Message,
		})
	}
	for i := range set.Changes {
		c := &set.Changes[i]
		add(c, "", c.Class, c.Verdict)
		for _, f := range c.Fields {
			if f.Verdict.Decision != "" {
				add(c, f.Name, f.Class, f.Verdict)
			}
		}
	}
	return e.store.Decide(ctx, address, set.Plan, out)
}

// Preview is Diff, stored under its id. If an apply would write values that NetBox does
// not know, the preview comes with a [*ChoiceError] and is not stored.
func (e *Engine) Preview(ctx context.Context, intent Intent) (*Preview, error) {
	p, hall, err := e.examine(ctx, intent, closely{judge: true})
	if err != nil {
		return nil, err
	}
	if err := e.withApprovals(ctx, intent, p); err != nil {
		return nil, err
	}
	if e.client != nil {
		if err := e.checkChoices(ctx, p.Approved().Set()); err != nil {
			return p, err
		}
	}
	if err := e.reach(ctx, p); err != nil {
		return nil, err
	}
	address, err := e.netbox(ctx)
	if err != nil {
		return p, err
	}
	p.tellCommands(e.cfg.Call, p.ID)
	if back, ok := whole(intent).(Rollback); ok {
		if p.past, err = e.pastOf(ctx, back); err != nil {
			return p, err
		}
	}
	kept, err := split(p, address)
	if err == nil {
		kept.Index, err = e.indexOf(p, &kept, hall.topo)
	}
	if err != nil {
		return nil, err
	}
	p.weigh(e.cfg.Call, e.bench(), e.now())
	if err := errors.Join(e.store.KeepPreview(ctx, kept), e.keepDecisions(ctx, p, "")); err != nil {
		return p, err
	}
	e.tidyStore(ctx)
	return p, nil
}

// tellCommands names a stored preview in the commands that approve it.
func (p *Preview) tellCommands(as call.Flags, id string) {
	for i := range p.Questions {
		if q := &p.Questions[i]; q.Verdict.WantsApproval() {
			q.Command = approveCommand(as, id)
		}
	}
}
