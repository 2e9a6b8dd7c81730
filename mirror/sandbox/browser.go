package sandbox

import (
	"bytes"
	"encoding/json"
	"html/template"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"

	"github.com/diet-project/diet/mirror/sandbox/table"
)

// pageHTML is how a browser sees an answer.
var pageHTML = template.Must(template.New("page").Parse(`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>{{.Title}} | NetBox REST API (sandbox)</title>
<style>
body { font: 15px/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 70em; padding: 1em; }
nav, footer { color: #666; } pre { background: #f4f4f4; overflow-x: auto; padding: 1em; } b { color: #333; }
</style>
</head>
<body>
<nav>{{range .Crumbs}}<a href="{{.Path}}">{{.Name}}</a> / {{end}}
{{- if .User}}{{.User}}, <a href="/logout/">log out</a>{{else}}<a href="/login/?next={{.Here}}">log in</a>{{end}}</nav>
<h1>{{.Title}}</h1>
{{with .Form}}<form method="post" action="/login/"><p><label>API token <input type="password" name="token" autofocus></label>
<input type="hidden" name="next" value="{{.}}"> <button>Log in</button></p></form>{{end}}
{{with .Request}}<p><b>{{.}}</b> · <a href="{{$.JSON}}">as JSON</a></p>{{end}}
{{if .Text}}<pre>{{.Text}}</pre>{{end}}
<footer>NetBox {{.Version}}, a sandbox: everything is in memory.</footer>
</body>
</html>
`))

// sheet is what a page shows.
type sheet struct {
	Title, Here, User, Version, Request, Form, JSON string
	Crumbs                                          []crumb
	Text                                            template.HTML
}

type crumb struct{ Path, Name string }

// wantsPage says whether a request is a browser's: by its ?format=, else by
// what it accepts before JSON.
func wantsPage(c *call) bool {
	switch param(c, "format") {
	case "api":
		return true
	case "":
	default:
		return false
	}
	html := strings.Index(c.Header.Get("Accept"), "text/html")
	data := strings.Index(c.Header.Get("Accept"), "application/json")
	return html >= 0 && (data < 0 || html < data)
}

// render puts an answer of JSON on a page, as NetBox's browsable API does.
func (s *Server) render(c *call, a *answer) *answer {
	if kind := a.header.Get("Content-Type"); kind != "" && kind != "application/json" || len(a.body) == 0 || !wantsPage(c) {
		return a
	}
	var pretty bytes.Buffer
	if err := json.Indent(&pretty, a.body, "", "    "); err != nil {
		return a
	}
	lines := []string{"HTTP " + strconv.Itoa(a.status) + " " + http.StatusText(a.status)}
	for _, name := range []string{"Allow", "ETag", "X-Request-ID", "API-Version"} {
		if v := a.header.Get(name); v != "" {
			lines = append(lines, name+": "+v)
		}
	}
	query := c.URL.Query()
	query.Set("format", "json")
	out := s.page(c, a.status, sheet{
		Title: titleOfPath(c.URL.Path), Request: c.Method + " " + c.URL.RequestURI(), JSON: "?" + query.Encode(),
		Text: linked(strings.Join(lines, "\n") + "\n\n" + pretty.String()),
	})
	for name, v := range a.header {
		if name != "Content-Type" {
			out.header[name] = v
		}
	}
	return out
}

// page fills in what all pages have.
func (s *Server) page(c *call, status int, p sheet) *answer {
	p.Version, p.Here = s.rel.Version.Full, c.URL.RequestURI()
	if c.account != nil {
		p.User = c.account.Name
	}
	p.Crumbs = []crumb{{"/", "NetBox"}}
	at := "/"
	for _, word := range strings.FieldsFunc(c.URL.Path, func(r rune) bool { return r == '/' }) {
		at += word + "/"
		p.Crumbs = append(p.Crumbs, crumb{at, word})
	}
	var b bytes.Buffer
	if err := pageHTML.Execute(&b, p); err != nil {
		return htmlAnswer(http.StatusInternalServerError, template.HTMLEscapeString(err.Error()))
	}
	return htmlAnswer(status, b.String())
}

func titleOfPath(path string) string {
	words := strings.FieldsFunc(path, func(r rune) bool { return r == '/' })
	if len(words) < 2 {
		return "API Root"
	}
	return table.Capital(strings.ReplaceAll(strings.Join(words[1:], " "), "-", " "))
}

var pageAddress = regexp.MustCompile(`&#34;(https?://[^\s]*?)&#34;`)

// linked escapes a text and makes links of its addresses.
func linked(text string) template.HTML {
	safe := template.HTMLEscapeString(text)
	return template.HTML(pageAddress.ReplaceAllString(safe, `&#34;<a href="$1">$1</a>&#34;`)) //nolint:gosec // escaped just before
}

const sessionCookie = "sessionid"

// login takes a token and gives a browser a session for it: NetBox asks for a
// name and a password, which tokens have none of.
func (s *Server) login(c *call) *answer {
	next := param(c, "next")
	if c.Method != http.MethodPost {
		return s.page(c, http.StatusOK, sheet{Title: "Log in", Form: local(next)})
	}
	form, _ := url.ParseQuery(string(c.body)) // what is no form has no token
	if _, refusal := s.accountOf(form.Get("token")); refusal != "" {
		return s.page(c, http.StatusForbidden, sheet{Title: "Log in: " + refusal, Form: local(form.Get("next"))})
	}
	id := newUUID()
	s.mu.Lock()
	s.sessions[id] = form.Get("token")
	s.mu.Unlock()
	return goTo(local(form.Get("next")), s.cookie(c, id, 0))
}

// logout ends a browser's session.
func (s *Server) logout(c *call) *answer {
	if cookie, err := c.Cookie(sessionCookie); err == nil {
		s.mu.Lock()
		delete(s.sessions, cookie.Value)
		s.mu.Unlock()
	}
	return goTo("/", s.cookie(c, "", -1))
}

// cookie keeps a session in a browser, or (age -1) has it forgotten.
func (s *Server) cookie(c *call, id string, age int) *http.Cookie {
	return &http.Cookie{ //nolint:gosec // sandboxes are served without TLS
		Name: sessionCookie, Value: id, Path: "/", MaxAge: age, HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: c.TLS != nil,
	}
}

func goTo(path string, cookie *http.Cookie) *answer {
	a := htmlAnswer(http.StatusFound, "")
	a.header.Set("Location", path)
	a.header.Add("Set-Cookie", cookie.String())
	return a
}

// local is a path to go to next, on this server.
func local(next string) string {
	if !strings.HasPrefix(next, "/") || strings.HasPrefix(next, "//") || strings.Contains(next, `\`) {
		return "/api/"
	}
	return next
}

// session finds the account of a browser that logged in. It reads: a write
// would need a CSRF token, which nothing here gives.
func (s *Server) session(c *call) (*table.Account, string) {
	cookie, err := c.Cookie(sessionCookie)
	if err != nil {
		return nil, "Authentication credentials were not provided."
	}
	s.mu.RLock()
	token, known := s.sessions[cookie.Value]
	s.mu.RUnlock()
	if !known {
		return nil, "Authentication credentials were not provided."
	}
	if verb := verbs[c.Method]; verb != "view" && verb != "" {
		return nil, "CSRF Failed: CSRF token missing."
	}
	return s.accountOf(token)
}

// welcome is the page at the root.
func (s *Server) welcome(c *call) *answer {
	if !wantsPage(c) {
		return jsonAnswer(http.StatusOK, table.Dict{
			{"sandbox", "an in-process NetBox; everything is in memory"},
			{"netbox-version", s.rel.Version.Full},
			{"api", c.base + "/api/"},
		})
	}
	if c.account, _ = s.session(c); c.account != nil {
		return s.page(c, http.StatusOK, sheet{Title: "NetBox sandbox", Text: linked(`"` + c.base + `/api/"`)})
	}
	return s.page(c, http.StatusOK, sheet{Title: "NetBox sandbox", Form: "/api/"})
}

// toAPI leads from the page of an object in NetBox's own interface, which is
// not here, to the same object in the API.
func (s *Server) toAPI(c *call) *answer {
	parts := strings.Split(strings.Trim(c.URL.Path, "/"), "/")
	if len(parts) < 2 || c.Method != http.MethodGet {
		return notFoundPage()
	}
	if parts[0] == "core" && parts[1] == "changelog" {
		parts[1] = "object-changes"
	} else if s.state.ByPath[parts[0]+"/"+parts[1]] == nil {
		return notFoundPage()
	}
	a := newAnswer(http.StatusFound)
	a.header.Set("Location", "/api/"+strings.Join(parts, "/")+"/")
	return a
}
