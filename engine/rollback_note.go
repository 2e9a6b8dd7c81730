package engine

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/diet-project/diet/engine/answer"
	"github.com/diet-project/diet/engine/apply"
	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/mirror/kinds"
)

// notes say what a rollback does not bring back.
func (u *undoing) notes(run string, lost casualties) []change.Notice {
	var shared, deleted []string
	for object, d := range u.deeds {
		switch {
		case d.did == change.Delete:
			deleted = append(deleted, object)
		case !isOwned(d.kind) && d.did == change.Create && kinds.Standard().Must(d.kind).Parent == "":
			shared = append(shared, object)
		}
	}
	var out []change.Notice
	add := func(id, format string, objects []string) {
		if slices.Sort(objects); len(objects) > 0 {
			out = append(out, change.Notice{ID: id, Severity: change.Warning, Message: fmt.Sprintf(format, run, some(objects)), Objects: objects})
		}
	}
	add("rollback-deleted", "%s deleted %s: what is made again has another id in NetBox, nothing that others attached, "+
		"and of its fields those that diet reads", deleted)
	add("rollback-unwritten", "%s deleted what others had written in %s: that is not there again (diet run tells what it was)", u.unwritten())
	add("rollback-shared", "%s made %s: they stay, because others may use them", shared)
	add("rollback-needed", "%s made %s: what later runs made, or what is not undone, needs them, so they stay", u.stays)
	add("rollback-adopted", "%s took over %s: they are given up, and what it wrote over is there again, "+
		"unless somebody has changed that since; of diet's own fields diet_managed is false then, and diet_last_applied and "+
		"diet_generator_version say when they were given up, and by which diet", u.adopted())
	add("rollback-overwritten", "%s wrote over what others had in %s: that is there again, and so is the question or the drift; "+
		"an answer that let it stands until somebody takes it out of the resolutions", u.overwritten())
	add("rollback-lost", "ahead of %s, %s referred to what is gone by now, or nothing plugs it in there again: that is not undone",
		u.each(u.lost))
	add("rollback-ids", "%s gave what was there other diet ids, which stay, as other plans or later runs go by them; "+
		"a plan with the ids of before needs spec: moved: [%s]", u.keptIDs())
	add("rollback-renamed", "%s renamed %s: that stays", u.renamed())
	add("rollback-left", "%s left %s to people: that stays, until somebody takes it back with diet adopt",
		u.marked(func(d *deed) []string { return d.left }))
	add("rollback-taken", "%s took back from people %s: that stays, until somebody leaves it to them again with diet unmanage",
		u.marked(func(d *deed) []string { return d.taken }))
	add("rollback-marks", "%s put diet's marks right on %s: they stay right",
		u.marked(func(d *deed) []string { return d.righted }))
	add("rollback-gone", "%s released %s, and somebody has deleted that since: it is not made again", u.deletedSince())
	add("rollback-tags", "%s put tags on %s: they stay, and are nobody's", u.tagged())
	add("rollback-casualties", "with what %s deleted went %s, which others had made: "+
		"they are not made again (diet run tells what they were)", lost.died)
	var others []string
	for _, l := range lost.detached {
		if u.objects[l.Name].Kind != l.Kind { // the plan's own are plugged in again
			others = append(others, calledBy(l.Kind, l.Name))
		}
	}
	add("rollback-detached", "what %s deleted had %s attached, which others had made: "+
		"they are not attached to what is made again (diet run tells to what they were)", others)
	return out
}

// adopted are the objects that the run took over, each with what it wrote; but for ports, which
// NetBox had made, of what stays the plan's.
func (u *undoing) adopted() []string {
	var out []string
	for object := range u.made {
		d := u.deeds[object]
		_, ours := u.objects[u.idOf(d.was.Owner)]
		switch {
		case d.did != change.Adopt || u.goes(d):
		case len(d.sent) > 0:
			out = append(out, fmt.Sprintf("%s (%s)", object, strings.Join(d.changed(), ", ")))
		case !ours:
			out = append(out, object)
		}
	}
	return out
}

// marked are the objects, and their fields, of whose marks the run did something.
func (u *undoing) marked(of func(d *deed) []string) []string {
	var out []string
	for object, d := range u.deeds {
		for _, name := range of(d) {
			out = append(out, strings.TrimSpace(object+" "+name))
		}
	}
	return out
}

// tellAnswers says which answers may have what a rollback undoes done again: only what was deleted
// and made again is something else by then.
func (p *Preview) tellAnswers(answers []*answer.Answer, file string, now time.Time) {
	undone := map[string]bool{}
	for i := range p.Changes {
		if c := &p.Changes[i]; c.Undoes != "" && c.Undoes != change.Delete {
			for _, name := range answer.Names(c) {
				undone[name] = true
			}
		}
	}
	var stand []string
	for _, a := range answers {
		if undone[a.Object] && !slices.Contains(leaving, change.Answer(a.Answer)) && !a.Expired(now) {
			stand = append(stand, a.Subject()+" ("+a.Answer+")")
		}
	}
	if len(stand) > 0 {
		p.Findings = append(p.Findings, change.Notice{ID: "rollback-answers", Severity: change.Warning, Message: fmt.Sprintf(
			"answers about %s stay, and may have that done again once the plan is applied: take out of %s what should not be",
			some(stand), file), Objects: stand})
	}
}

// leaving are the answers by which nothing is written.
var leaving = []change.Answer{change.AnswerUseUser, change.AnswerAcknowledge, change.AnswerSkip, change.AnswerKeep}

// overwritten are the objects that stay and of which the run wrote over what others had
// written, each with the fields.
func (u *undoing) overwritten() []string { return u.each(u.over) }

// each names the objects that stay, each with fields.
func (u *undoing) each(fields map[string][]string) []string {
	var out []string
	for object, names := range fields {
		if _, stays := u.objects[object]; stays && u.deeds[object] != nil {
			out = append(out, fmt.Sprintf("%s (%s)", object, strings.Join(slices.Sorted(slices.Values(names)), ", ")))
		}
	}
	return out
}

// renamed are the objects of others that were in the way.
func (u *undoing) renamed() []string {
	var out []string
	for object, d := range u.deeds {
		if d.renames {
			out = append(out, fmt.Sprintf("%s (%s, now %v)", object, d.was.Name, d.sent[kinds.Standard().Must(d.kind).Label]))
		}
	}
	return out
}

// tagged are the objects that stay and on which the run put tags, each with these.
func (u *undoing) tagged() []string {
	var out []string
	for object, d := range u.deeds {
		_, stays := u.objects[object]
		_, made := u.made[object]
		if len(d.tags) > 0 && (stays || made && !u.goes(d)) {
			out = append(out, fmt.Sprintf("%s (%s)", object, strings.Join(tagSlugs(d.tags), ", ")))
		}
	}
	return out
}

// goes reports whether an object that was taken over goes with what it is a part of, which
// the run made.
func (u *undoing) goes(d *deed) bool {
	owner := u.deeds[u.idOf(d.was.Owner)]
	return owner != nil && owner.did == change.Create
}

// casualties are what others had made and a run took along, foreseen or not.
type casualties struct {
	died     []string
	detached []apply.Loss // still there, without what it was attached to; the plan's own too
}

// casualtiesOf reads them from the result of a run.
func casualtiesOf(result string) (out casualties, err error) {
	if result == "" {
		return out, nil
	}
	var told struct {
		Casualties []apply.Casualty `json:"casualties"`
		Lost       []apply.Loss     `json:"lost"`
	}
	if err := json.Unmarshal([]byte(result), &told); err != nil {
		return out, fmt.Errorf("read result: %w", err)
	}
	for _, c := range told.Casualties {
		if c.Field != "" {
			out.detached = append(out.detached, apply.Loss{Kind: c.Kind, ID: c.ID, Name: c.Name})
			continue
		}
		out.died = append(out.died, calledBy(c.Kind, c.Name))
	}
	for i := range told.Lost {
		switch l := &told.Lost[i]; {
		case l.Field != "":
		case l.Was != nil:
			out.died = append(out.died, calledBy(l.Kind, l.Name))
		default:
			out.detached = append(out.detached, *l)
		}
	}
	return out, nil
}

// calledBy is an object as people read it.
func calledBy(kind, name string) string { return strings.ReplaceAll(kind, "_", " ") + " " + name }
