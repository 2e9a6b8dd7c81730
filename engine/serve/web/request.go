package web

import (
	"crypto/rand"
	"crypto/subtle"
	"errors"
	"io/fs"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/diet-project/diet/engine"
	"github.com/diet-project/diet/engine/answer"
	"github.com/diet-project/diet/engine/call"
	"github.com/diet-project/diet/engine/lease"
	"github.com/diet-project/diet/engine/serve/job"
	"github.com/diet-project/diet/engine/serve/source"
	"github.com/diet-project/diet/engine/serve/user"
	"github.com/diet-project/diet/mirror"
)

// request is what a page works with.
type request struct {
	*site
	w      http.ResponseWriter
	r      *http.Request
	person user.Person
	form   string // the token of forms where nobody is logged in
}

// Errors of what was asked for.
var (
	errNoPage = errors.New("there is no such page")
	errBusy   = errors.New("too many ask for this at once: try again in a moment")
	errForged = errors.New("this form is not of this session: go back, reload the page, and send it again")
)

// deniedError is a request of somebody who may not make it.
type deniedError struct{ roles []user.Role }

func (e *deniedError) Error() string {
	words := make([]string, len(e.roles))
	for i, r := range e.roles {
		words[i] = string(r)
	}
	return "this takes the role " + strings.Join(words, " or ")
}

// page adds a page that some roles may use.
func (s *site) page(pattern string, roles []user.Role, do func(*request) error) {
	s.mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
		person, known, err := s.identify(r)
		q := &request{site: s, w: w, r: r, person: person}
		switch {
		case err != nil:
			q.fail(err)
		case !known:
			s.toLogin(w, r)
		case !person.MayAny(roles...):
			q.fail(&deniedError{roles})
		case r.Method == http.MethodPost && !s.sealed(r):
			q.fail(errForged)
		default:
			if err := do(q); err != nil {
				q.fail(err)
			}
		}
	})
}

// identify is who makes a request; false where they have to log in.
func (s *site) identify(r *http.Request) (user.Person, bool, error) {
	local, err := s.unguarded()
	if err != nil || local {
		return user.Person{Name: s.cfg.Local, Roles: user.Roles()}, local, err
	}
	if person, known := s.signed(r); known {
		return person, true, nil
	}
	name := s.sessions.GetString(r.Context(), keyUser)
	if name == "" || s.cfg.Users == nil {
		return user.Person{}, false, nil
	}
	person, found, err := s.cfg.Users.Find(name)
	// Who has another password now logs in with it.
	return person, found && person.Stamp == s.sessions.GetString(r.Context(), keyStamp), err
}

// unguarded reports whether nobody has to log in. Once there were users it takes a restart to do
// without: a file that is lost opens nothing.
func (s *site) unguarded() (bool, error) {
	if s.cfg.Guarded || s.cfg.SignOn != nil {
		return false, nil
	}
	n, err := s.passwords()
	switch {
	case err != nil:
		return false, err
	case n > 0:
		s.users.Store(true)
	case s.users.Load():
		s.emptied.Do(func() {
			s.cfg.Logger.Warn("there are no users any more: nobody can log in until there are some", "file", s.cfg.Users.Path())
		})
	}
	return !s.users.Load(), nil
}

// csrf is the token of the session, which every form carries; where nobody is logged in, one that is made
// from a cookie.
func (q *request) csrf() string {
	if local, err := q.unguarded(); err == nil && local && q.form == "" {
		q.form = q.formToken(q.keepFormCookie(q.w, q.r))
	}
	if q.form != "" || q.person.Name == "" {
		return q.form
	}
	return q.token(q.r)
}

// token is the token of a session.
func (s *site) token(r *http.Request) string {
	token := s.sessions.GetString(r.Context(), keyToken)
	if token == "" {
		token = rand.Text()
		s.sessions.Put(r.Context(), keyToken, token)
	}
	return token
}

// sealed reports whether a form carries the token of its session.
func (s *site) sealed(r *http.Request) bool {
	if local, err := s.unguarded(); err != nil || local {
		return err == nil && s.given(r)
	}
	want := s.sessions.GetString(r.Context(), keyToken)
	return want != "" && subtle.ConstantTimeCompare([]byte(want), []byte(r.PostFormValue("csrf"))) == 1
}

// open opens the engine on behalf of the person; without netbox it asks NetBox nothing.
func (q *request) open(netbox bool) (*engine.Engine, error) {
	return q.cfg.Open(q.r.Context(), func(cfg *engine.Config) {
		cfg.By, cfg.User = q.person.Name, q.person.Name
		if !netbox {
			cfg.URL, cfg.Token = "", ""
		}
	})
}

// plan is the plan that the address names.
func (q *request) plan() (job.Plan, error) {
	p, found := q.cfg.Jobs.Plan(q.r.PathValue("plan"))
	if !found {
		return p, errNoPage
	}
	return p, nil
}

// soundPlan is plan, without errors in it.
func (q *request) soundPlan() (job.Plan, error) {
	p, err := q.plan()
	if err == nil && p.Err != nil {
		err = &unsoundError{p.Err}
	}
	return p, err
}

// unsoundError is of a plan that does not load.
type unsoundError struct{ err error }

func (e *unsoundError) Error() string { return e.err.Error() }

func (e *unsoundError) Unwrap() error { return e.err }

// unsoundPage is what is shown in place of what takes a plan that loads.
type unsoundPage struct {
	*planPage
	Sent bool // a form, of which nothing came
}

// unsound shows a plan that does not load, if that is why there is nothing else to show.
func (q *request) unsound(err error) bool {
	var of *unsoundError
	if !errors.As(err, &of) {
		return false
	}
	about, err := q.about("unsound")
	if err != nil {
		return false
	}
	page := unsoundPage{about, q.r.Method == http.MethodPost}
	q.render(http.StatusConflict, "unsound", "Plan "+about.Key, page)
	return true
}

// goTo sends the browser to a page, after something was done.
func (q *request) goTo(address string) error {
	http.Redirect(q.w, q.r, address, http.StatusSeeOther)
	return nil
}

// newsFor is how long a sentence is kept for the next page.
const newsFor = time.Minute

// say keeps a sentence for the next page that the person sees soon.
func (q *request) say(text string) {
	q.sessions.Put(q.r.Context(), keyNote, q.cfg.Now().UTC().Format(time.RFC3339)+" "+text)
}

// said is that sentence, "" for none.
func (q *request) said() string {
	when, text, _ := strings.Cut(q.sessions.PopString(q.r.Context(), keyNote), " ")
	at, err := time.Parse(time.RFC3339, when)
	if err != nil || q.cfg.Now().Sub(at) > newsFor {
		return ""
	}
	return text
}

// fail shows an error as a page.
func (q *request) fail(err error) {
	if engine.StoreAway(err) {
		q.unavailable(q.w, q.r, err)
		return
	}
	if q.firstRead(err) || q.unsound(err) {
		return
	}
	code := statusOf(err)
	if code == http.StatusInternalServerError {
		q.cfg.Logger.Error("show page", "path", q.r.URL.Path, "error", err)
	}
	q.render(code, "error", http.StatusText(code), problem{err.Error(), hintOf(err), code, ""})
}

// statusOf is the HTTP status of an error.
func statusOf(err error) int {
	var (
		denied *deniedError
		unfit  *engine.UnfitError
		stale  *engine.StaleError
		held   *lease.HeldError
		query  *engine.QueryError
		badly  *formError

		unapproved *engine.UnapprovedError
		unpushed   *source.PushError
		unpulled   *source.PullError
		meanwhile  *answer.MeanwhileError
		changed    *engine.ChangedError
		unwritten  *answer.WriteError
	)
	switch {
	case errors.Is(err, errNoPage), errors.Is(err, engine.ErrNoPreview), errors.Is(err, engine.ErrNotInStore), errors.Is(err, fs.ErrNotExist),
		errors.Is(err, engine.ErrNothingToAnswer), errors.Is(err, job.ErrNoJob):
		return http.StatusNotFound
	case errors.As(err, &denied), errors.Is(err, errForged), errors.As(err, &unapproved):
		return http.StatusForbidden
	case errors.As(err, &unpushed), errors.As(err, &unpulled):
		return http.StatusBadGateway
	case errors.As(err, &stale), errors.As(err, &held), errors.As(err, &meanwhile), errors.As(err, &changed),
		errors.Is(err, mirror.ErrNeverSynced):
		return http.StatusConflict
	case errors.Is(err, job.ErrOver), errors.Is(err, job.ErrNoUse):
		return http.StatusConflict
	case errors.Is(err, errBusy), errors.As(err, &unwritten):
		return http.StatusServiceUnavailable
	case errors.Is(err, engine.ErrNoApproval), errors.As(err, &unfit), errors.As(err, &query), errors.As(err, &badly):
		return http.StatusUnprocessableEntity
	}
	return http.StatusInternalServerError
}

// formError is a form that is not filled in as it has to be.
type formError struct{ message string }

func (e *formError) Error() string { return e.message }

// hintOf says how to go on after an error, where that is known.
func hintOf(err error) string {
	var hinter interface{ Hint() string }
	switch {
	case errors.Is(err, mirror.ErrNeverSynced):
		return "check a plan first: that reads NetBox"
	case errors.As(err, &hinter):
		return call.Flags(nil).Fill(hinter.Hint()) // the page has commands of its own
	}
	return ""
}

// address is a path with a query; empty values are left out.
func address(path string, pairs ...string) string {
	query := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			query.Set(pairs[i], pairs[i+1])
		}
	}
	if len(query) == 0 {
		return path
	}
	return path + "?" + query.Encode()
}

// planPath is the path of a plan's page, or of one of its parts.
func planPath(key string, more ...string) string {
	return "/plans/" + url.PathEscape(key) + strings.Join(append([]string{""}, more...), "/")
}
