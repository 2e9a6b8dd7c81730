package web

import (
	"bytes"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"html/template"
	"io/fs"
	"net/http"
	"path"
	"strings"
	"sync"
	"time"

	"github.com/diet-project/diet/engine"
	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/engine/report"
	"github.com/diet-project/diet/engine/serve/user"
)

//go:embed page
var pages embed.FS

//go:embed static
var files embed.FS

// templates are the pages by name, each with the frame around it; no command but serve parses them.
var templates = sync.OnceValue(parse)

func parse() map[string]*template.Template {
	shared := template.Must(template.New("").Funcs(words).ParseFS(pages, "page/shared/*.html"))
	out := map[string]*template.Template{}
	names, _ := fs.Glob(pages, "page/*.html") // the pattern is right
	for _, name := range names {
		t := template.Must(template.Must(shared.Clone()).ParseFS(pages, name))
		out[strings.TrimSuffix(path.Base(name), ".html")] = t
	}
	return out
}

// frame is what is around every page.
type frame struct {
	Title   string
	Person  user.Person
	Guarded bool // somebody logged in
	CSRF    string
	Note    string
	Plans   []string
	Path    string
	Version string
	Refresh int // in seconds, for browsers without JavaScript; 0 for never
	Reload  int // the same for all browsers
	Again   *again
	Drawn   template.HTML // the body of a page that comes again
	Body    any
}

// render writes a page.
func (q *request) render(code int, name, title string, body any) {
	q.renderAgain(code, 0, name, title, body)
}

// renderAgain is render for a page that changes by itself.
func (q *request) renderAgain(code, refresh int, name, title string, body any) {
	local, _ := q.unguarded()
	f := frame{
		Title: title, Person: q.person, Guarded: !local, CSRF: q.csrf(), Version: q.cfg.Version, Path: q.r.URL.Path, Refresh: refresh,
		Body: body,
	}
	same, err := q.comesAgain(&f, name, code)
	if err == nil && same {
		q.w.WriteHeader(http.StatusNoContent)
		return
	}
	if q.person.Name != "" {
		f.Note = q.said()
		for _, p := range q.cfg.Jobs.Plans() {
			f.Plans = append(f.Plans, p.Key)
		}
	}
	var out bytes.Buffer
	if err := errors.Join(err, templates()[name].ExecuteTemplate(&out, "frame", f)); err != nil {
		q.cfg.Logger.Error("make page", "page", name, "error", err)
		http.Error(q.w, "this page cannot be made; the log says why", http.StatusInternalServerError)
		return
	}
	q.w.Header().Set("Content-Type", "text/html; charset=utf-8")
	q.w.WriteHeader(code)
	_, _ = out.WriteTo(q.w) // the browser may be gone
}

// show renders a page that there is.
func (q *request) show(name, title string, body any) error {
	q.render(http.StatusOK, name, title, body)
	return nil
}

// static serves styles, scripts and their licence.
func static(w http.ResponseWriter, r *http.Request) {
	if strings.HasSuffix(r.URL.Path, "/") {
		http.NotFound(w, r) // no lists of files
		return
	}
	w.Header().Set("Cache-Control", "max-age=3600")
	http.ServeFileFS(w, r, files, strings.TrimPrefix(r.URL.Path, "/")) //nolint:gosec // of files that are embedded
}

// words are what templates say things with.
var words = template.FuncMap{
	"text":    text,
	"value":   value,
	"side":    side,
	"kind":    func(k string) string { return strings.ReplaceAll(k, "_", " ") },
	"word":    func(v any) string { return strings.ReplaceAll(fmt.Sprint(v), "_", " ") },
	"meaning": report.FieldMeaning,
	"when":    when,
	"number":  number,
	"plural":  plural,
	"address": address,
	"path":    planPath,
	"tone":    tone,
	"option":  func(answer string) string { return change.Answer(answer).Meaning() },
	"amount":  report.Amount,
}

// text is a text from NetBox or a plan without what turns the direction of writing and the
// like; HTML is escaped by the template.
func text(v any) string { return report.PrintableLines(fmt.Sprint(v)) }

// side is what a side of a field is called, where that refers to another object, or its value.
func side(r engine.Reason, name string) string {
	if called := r.Names[name]; called != "" {
		return text(called)
	}
	return value(map[string]any{"base": r.Base, "want": r.Want, "have": r.Have}[name])
}

// value is a field's value for people; "" for none.
func value(v any) string {
	switch x := v.(type) {
	case nil:
		return ""
	case string:
		return text(x)
	case map[string]any, []any:
		list, _ := json.Marshal(x) // it was read from JSON
		return text(string(list))
	}
	return text(v)
}

// when is a time to the minute, as UTC; what is no time stays as it is.
func when(v any) string {
	at, is := v.(time.Time)
	if !is {
		s := fmt.Sprint(v)
		var err error
		if at, err = time.Parse(time.RFC3339, s); err != nil {
			return s
		}
	}
	if at.IsZero() {
		return ""
	}
	return at.UTC().Format("2006-01-02 15:04") + " UTC"
}

// number groups the digits of a count: 1,128.
func number(n int) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return number(n) + " " + many
}

// tones are how a state, a verdict or an action looks. Nothing is said by colour alone.
var tones = map[string]string{
	"in_sync": "good", "done": "good", "applied": "good", "applies": "good", "apply": "good", "valid": "good", "stands": "good",
	"adopt": "good", "recreate": "good", "remediate": "good",
	"drift_detected": "warn", "ahead": "info", "syncing": "info", "comparing": "info",
	"not_applied": "info", "open": "info", "reconciling": "info", "running": "info",
	"available": "info", "scheduled": "info", "create": "good", "update": "info", "conflicts": "warn", "ask": "warn", "alert": "warn",
	"partial": "warn", "interrupted": "warn", "stale": "quiet", "abandoned": "warn", "retryable": "warn", "later": "warn",
	"error": "bad", "failed": "bad", "law_broken": "bad", "deny": "bad", "delete": "bad", "cancelled": "bad", "discarded": "bad",
}

func tone(v any) string {
	if t := tones[fmt.Sprint(v)]; t != "" {
		return t
	}
	return "quiet"
}
