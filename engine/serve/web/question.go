package web

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/rogpeppe/go-internal/diff"

	"github.com/diet-project/diet/engine"
	"github.com/diet-project/diet/engine/answer"
	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/engine/serve/job"
	"github.com/diet-project/diet/engine/serve/user"
)

// questionPage is the form on which people answer.
type questionPage struct {
	*planPage
	Topics  []topic
	Asked   int
	Classes []change.Class // of what can be answered at once
	Seen    map[change.Class]string
	Kinds   []string
	Fields  []string
	Words   []string // the answers that any of it takes
	Fill    bool     // what is recommended is chosen
	May     bool     // the person may answer
	Of      string   // the preview that the questions are of, "" for the plan

	Counts []count // what an apply would do without an answer

	Problem string     // why what was sent was refused
	sent    url.Values // what was sent
}

// Was is what was typed in a field of the form with the questions, before it was refused.
func (page *questionPage) Was(field string) string {
	if page.sent.Get("all") != "" {
		return ""
	}
	return page.sent.Get(field)
}

// WasAll is Was for the form that answers everything of a kind.
func (page *questionPage) WasAll(field string) string {
	if page.sent.Get("all") == "" {
		return ""
	}
	return page.sent.Get(field)
}

// chosen is the answer to a topic that was sent, "" for none.
func (page *questionPage) chosen(t engine.Topic) string {
	for n := 0; page.sent.Has("about" + strconv.Itoa(n)); n++ {
		at := strconv.Itoa(n)
		seen := cmp.Or(page.sent.Get("seen"+at), t.Reply.Seen) // what has changed since is chosen anew
		if page.sent.Get("question"+at) == t.Reply.Question && page.sent.Get("object"+at) == t.Reply.Object &&
			page.sent.Get("field"+at) == t.Reply.Field && seen == t.Reply.Seen {
			return page.sent.Get("answer" + at)
		}
	}
	return ""
}

// topic is one thing to answer, as the form shows it.
type topic struct {
	engine.Topic
	N         int
	Objects   []string // the first of many
	More      int
	Base      string
	Want      string
	Have      string
	Recommend string // what is chosen beforehand
}

// gone is what answers do about an object that somebody deleted, of which there is no value to keep.
var gone = map[string]string{
	"acknowledge": "leave it gone, as known", "use_user": "leave it gone", "skip": "leave it gone", "use_diet": "make it again",
}

// Means says what an answer to it does.
func (t topic) Means(option string) string {
	if x := t.Conflict; x != nil && x.Type == engine.ObjectExistence && change.Answer(option) == change.AnswerRenameExisting && x.Name != "" {
		return "rename what is there to " + text(x.Name) + "-manual (or the next free name), and make the plan's own"
	}
	if x := t.Conflict; x != nil && x.Type == engine.Gone && gone[option] != "" {
		return gone[option]
	}
	return change.Answer(option).Meaning()
}

func showQuestions(q *request) error { return q.questions(http.StatusOK, nil) }

// questions shows the form; where what was sent was refused, with that and why.
func (q *request) questions(code int, refused error) error {
	about, err := q.about("questions")
	if err != nil {
		return err
	}
	p, err := q.soundPlan()
	if err != nil {
		return err
	}
	page := &questionPage{
		planPage: about, Fill: q.r.URL.Query().Get("fill") != "", May: q.person.May(user.Resolver), Of: q.r.FormValue("of"),
	}
	if refused != nil {
		page.Problem, page.sent = strings.TrimSpace(refused.Error()+". "+hintOf(refused)), q.r.PostForm
	}
	err = q.using(true, func(eng *engine.Engine) error {
		intent, err := q.intent(eng, p)
		if err != nil {
			return err
		}
		found, err := eng.Ask(q.r.Context(), intent)
		if err == nil {
			page.fill(found)
		}
		return err
	})
	if err != nil {
		return err
	}
	q.render(code, "questions", "Questions of "+about.Key, page)
	return nil
}

// intent is what the questions are about: a plan or, where the address or the form names a preview of it,
// what that is to do.
func (q *request) intent(eng *engine.Engine, p job.Plan) (engine.Intent, error) {
	id := q.r.FormValue("of")
	if id == "" {
		return p.Plan, nil
	}
	head, err := eng.PreviewHead(q.r.Context(), id)
	if err == nil && head.Plan != p.Key {
		err = errNoPage
	}
	if err != nil {
		return nil, err
	}
	return engine.IntentOf(head, p.Plan), nil
}

// using uses an engine, and closes it.
func (q *request) using(netbox bool, do func(*engine.Engine) error) error {
	eng, err := q.open(netbox)
	if err != nil {
		return err
	}
	return errors.Join(do(eng), eng.Close())
}

// fill lists what a preview asks, and what can be answered at once.
func (page *questionPage) fill(p *engine.Preview) {
	set := p.Set()
	page.Counts = countsOf(p)
	for i, t := range p.Topics() {
		shown := topic{Topic: t, N: i}
		if t.Question != nil {
			page.Asked++
			shown.Objects = first(t.Question.Objects)
			shown.More = len(t.Question.Objects) - len(shown.Objects)
		}
		if x := t.Conflict; x != nil {
			shown.Base, shown.Want, shown.Have = named(set, x, x.Base), named(set, x, x.Want), named(set, x, x.Have)
		}
		if page.Fill && t.Question != nil {
			shown.Recommend = t.Recommended
		}
		shown.Recommend = cmp.Or(page.chosen(t), shown.Recommend)
		page.Topics = append(page.Topics, shown)
	}
	for _, x := range p.Conflicts {
		page.bulk(&x)
	}
	page.Seen = p.ShownOf(page.Classes...)
	slices.Sort(page.Classes)
	slices.Sort(page.Kinds)
	slices.Sort(page.Fields)
}

// bulk notes what a conflict has that can be answered together with others.
func (page *questionPage) bulk(x *engine.Conflict) {
	class := map[engine.ConflictType]change.Class{
		engine.ManualModification: change.Drift, engine.FieldOwnership: change.Conflict, engine.ObjectExistence: change.Exists,
		engine.DeletionBlocked: change.Orphaned, engine.Gone: change.Missing, engine.Taken: change.Blocked, engine.Identity: change.Identity,
	}[x.Type]
	addNew(&page.Classes, class)
	addNew(&page.Kinds, x.Kind)
	addNew(&page.Fields, x.Field)
	for _, word := range x.Options {
		addNew(&page.Words, word)
	}
}

func addNew[T ~string](list *[]T, v T) {
	if v != "" && !slices.Contains(*list, v) {
		*list = append(*list, v)
	}
}

func named(set *change.Set, x *engine.Conflict, v any) string {
	if name, ok := set.Called(x.Kind, x.Field, v); ok {
		return text(name)
	}
	return value(v)
}

// answerQuestions writes what a form answers, all or nothing. One that is not filled in as it
// has to be comes back as it was.
func answerQuestions(q *request) error {
	err := q.answer()
	var changed *engine.ChangedError
	var meanwhile *answer.MeanwhileError
	var unwritten *answer.WriteError
	if errors.As(err, &unwritten) {
		q.cfg.Logger.Error("write answers", "error", err)
	}
	code := statusOf(err)
	if code == http.StatusUnprocessableEntity || errors.As(err, &changed) || errors.As(err, &meanwhile) || unwritten != nil {
		return q.questions(code, err)
	}
	return err
}

func (q *request) answer() error {
	p, err := q.soundPlan()
	if err != nil {
		return err
	}
	replies, err := q.replies()
	if err != nil {
		return err
	}
	var wrote []answer.Answer
	var left []*engine.UnfitError
	err = q.using(true, func(eng *engine.Engine) error {
		intent, err := q.intent(eng, p)
		if err == nil {
			wrote, left, err = eng.ResolveAll(q.r.Context(), intent, replies...)
		}
		return err
	})
	if err != nil {
		return err
	}
	q.looks.forget(p.Key)
	said := plural(len(wrote), "answer was", "answers were") + " written; the next preview acts on them."
	if n := len(left); n > 0 {
		said += " Not answered: " + left[0].Error()
		if n > 1 {
			said += " (and " + number(n-1) + " more)"
		}
	}
	q.say(said)
	if of := q.r.FormValue("of"); of != "" {
		return q.goTo("/previews/" + url.PathEscape(of))
	}
	return q.goTo(planPath(p.Key, "answers"))
}

// replies reads a form: an answer to each thing that was chosen, or one to everything of a
// class. The reason, and when it ends, are those of all.
func (q *request) replies() ([]engine.Reply, error) {
	why := strings.TrimSpace(q.r.PostFormValue("reason"))
	if why == "" {
		return nil, &formError{engine.ErrNoReason.Error()}
	}
	expires, err := answer.Until(strings.TrimSpace(q.r.PostFormValue("expires")), q.cfg.Now())
	if err != nil {
		return nil, &formError{"the end of the answer: " + err.Error()}
	}
	var out []engine.Reply
	if word := q.r.PostFormValue("all"); word != "" {
		out = append(out, engine.Reply{
			All: true, Class: change.Class(q.r.PostFormValue("class")), Kind: q.r.PostFormValue("kind"), Field: q.r.PostFormValue("field"),
			Seen: q.r.PostFormValue("seen-" + q.r.PostFormValue("class")), Answer: word,
		})
	}
	for n := 0; q.r.PostForm.Has("about" + strconv.Itoa(n)); n++ {
		at := strconv.Itoa(n)
		if word := q.r.PostFormValue("answer" + at); word != "" {
			out = append(out, engine.Reply{
				Question: q.r.PostFormValue("question" + at), Object: q.r.PostFormValue("object" + at), Field: q.r.PostFormValue("field" + at),
				Seen: q.r.PostFormValue("seen" + at), Answer: word,
			})
		}
	}
	if len(out) == 0 {
		return nil, &formError{"nothing was chosen: choose an answer to at least one question"}
	}
	for i := range out {
		out[i].Why, out[i].Expires, out[i].Who = why, expires, q.person.Name
	}
	return out, nil
}

// answersPage lists the answers of a plan, and what of them version control lacks.
type answersPage struct {
	*planPage
	File    string
	Answers []engine.Standing
	Diff    string
}

func showAnswers(q *request) error {
	about, err := q.about("questions")
	if err != nil {
		return err
	}
	p, err := q.soundPlan()
	if err != nil {
		return err
	}
	page := &answersPage{planPage: about}
	err = q.using(true, func(eng *engine.Engine) (err error) {
		page.File = eng.ResolutionsOf(p.Plan)
		page.Answers, err = eng.Answers(q.r.Context(), p.Plan)
		return err
	})
	if err != nil {
		return err
	}
	if page.Diff, err = q.uncommitted(q.r.Context(), page.File); err != nil {
		return err
	}
	return q.show("answers", "Answers about "+about.Key, page)
}

// uncommitted is what a file has that version control lacks, as a patch.
func (s *site) uncommitted(ctx context.Context, file string) (string, error) {
	now, err := os.ReadFile(file)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("read answers: %w", err)
	}
	before := ""
	if s.cfg.Committed != nil {
		before = s.cfg.Committed(ctx, file)
	}
	from := "a/" + filepath.Base(file)
	if before == "" {
		from = "/dev/null"
	}
	return string(diff.Diff(from, []byte(before), "b/"+filepath.Base(file), now)), nil
}

// sendPatch sends that patch as a file.
func sendPatch(q *request) error {
	p, err := q.soundPlan()
	if err != nil {
		return err
	}
	file, err := q.resolutions(p)
	if err != nil {
		return err
	}
	patch, err := q.uncommitted(q.r.Context(), file)
	if err != nil {
		return err
	}
	q.w.Header().Set("Content-Type", "text/x-diff; charset=utf-8")
	q.w.Header().Set("Content-Disposition", `attachment; filename="resolutions.patch"`)
	_, _ = q.w.Write([]byte(patch)) // the browser may be gone
	return nil
}

func (q *request) resolutions(p job.Plan) (file string, err error) {
	err = q.using(false, func(eng *engine.Engine) error {
		file = eng.ResolutionsOf(p.Plan)
		return nil
	})
	return file, err
}
