package web_test

import (
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/diet-project/diet/engine/serve/job"
	"github.com/diet-project/diet/engine/serve/user"
	"github.com/diet-project/diet/engine/serve/web"
)

// may says who may do what; a page that is not here fails the test.
var may = map[string]string{
	"GET /{$}": "any", "GET /": "any", "GET /plans/{plan}": "any", "GET /plans/{plan}/drift": "any", "GET /plans/{plan}/object": "any",
	"GET /plans/{plan}/questions": "any", "GET /plans/{plan}/answers": "any", "GET /plans/{plan}/resolutions.patch": "any",
	"GET /plans/{plan}/topology": "any", "GET /plans/{plan}/racks": "any", "GET /previews": "any", "GET /previews/{preview}": "any",
	"GET /previews/{preview}/approved": "any",
	"GET /runs":                        "any", "GET /runs/{run}": "any", "GET /runs/{run}/events": "any", "GET /jobs": "any",
	"GET /jobs/{job}":        "any",
	"GET /jobs/{job}/events": "any", "GET /sql": "any",
	"POST /check": "resolver approver applier", "POST /plans/{plan}/check": "resolver approver applier",
	"POST /plans/{plan}/preview": "resolver approver applier", "POST /plans/{plan}/questions": "resolver",
	"POST /previews/{preview}/approve": "approver", "POST /previews/{preview}/apply": "applier", "POST /runs/{run}/rollback": "applier",
	"POST /jobs/{job}/cancel": "applier",
}

// TestRoutes asks every page as everybody: nobody gets in without a login, and nobody does what
// their role does not allow, nor anything without the token of their session.
func TestRoutes(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(w *world) { w.idle, w.guarded = true, true })
	people := map[string]*browser{"": w.browser()}
	for _, r := range user.Roles() {
		people[string(r)] = w.member("a "+string(r), r)
	}
	fill := strings.NewReplacer("{$}", "", "{plan}", "web", "{preview}", "pv-none", "{run}", "run-none", "{job}", "1")
	for _, pattern := range slices.Sorted(maps.Keys(web.Routes())) {
		allowed, listed := may[pattern]
		if !listed {
			t.Errorf("%s: who may do this?", pattern)
			continue
		}
		method, path, _ := strings.Cut(pattern, " ")
		path = fill.Replace(path)
		if path == "/" && pattern == "GET /" {
			path = "/nothing"
		}
		for role, b := range people {
			t.Run(role+" "+pattern, func(t *testing.T) {
				if method == http.MethodPost {
					if b.postWith("forged", path); role != "" && b.code != http.StatusForbidden {
						t.Errorf("without the token of the session: %d", b.code)
					}
					b.get("/jobs").post(path)
				} else {
					b.get(path)
				}
				denied := strings.Contains(b.last, "this takes the role")
				want := role != "" && allowed != "any" && !slices.Contains(strings.Fields(allowed), role)
				switch {
				case role == "" && !strings.HasPrefix(b.at, "/login"):
					t.Errorf("somebody who is not logged in gets %d %s", b.code, b.at)
				case role != "" && strings.HasPrefix(b.at, "/login"):
					t.Errorf("sent to %s", b.at)
				case denied != want:
					t.Errorf("denied: %t, want %t: %s", denied, want, shorten(b.last))
				case strings.Contains(b.last, "not of this session"):
					t.Errorf("its own form is refused")
				}
			})
		}
	}
	for pattern := range may {
		if web.Routes()[pattern] == nil {
			t.Errorf("there is no %s", pattern)
		}
	}
}

// TestWithin leads to no other site after a login, however a browser reads the address.
func TestWithin(t *testing.T) {
	t.Parallel()
	for _, next := range []string{"/", "/plans/web", "/plans/web/drift?show=all&q=a%2Fb", "/runs/run-1#x"} {
		if got := web.Within(next); got != next {
			t.Errorf("%q leads to %q", next, got)
		}
	}
	for _, next := range []string{
		"", "//evil.example.com", "/\t/evil.example.com", "/\n/evil.example.com", "\t//evil.example.com",
		`/\evil.example.com`, `\\evil.example.com`,
		"https://evil.example.com", "javascript:alert(1)", "evil.example.com", "/\r\nSet-Cookie: a=b", "/\x00/evil", "///evil.example.com",
		"http:/evil.example.com", "/%zz",
	} {
		if got := web.Within(next); got != "/" {
			t.Errorf("%q leads to %q", next, got)
		}
	}
}

// ask sends a request as nobody in particular.
func (w *world) ask(method, target string, edit func(*http.Request)) *httptest.ResponseRecorder {
	w.Helper()
	r := httptest.NewRequestWithContext(w.Context(), method, target, nil)
	if edit != nil {
		edit(r)
	}
	rec := httptest.NewRecorder()
	w.pages.Config.Handler.ServeHTTP(rec, r)
	return rec
}

// TestGateway does not take whoever comes by a gateway for somebody who works here.
func TestGateway(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(w *world) { w.idle = true })
	if rec := w.ask("GET", "http://127.0.0.1/", nil); rec.Code != http.StatusOK {
		t.Fatalf("got %d", rec.Code)
	}
	for _, name := range []string{
		"Forwarded", "Via", "X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Server", "X-Real-IP", "X-Client-IP", "CF-Connecting-IP",
	} {
		rec := w.ask("GET", "http://127.0.0.1/", func(r *http.Request) { r.Header.Set(name, "203.0.113.9") })
		if rec.Code != http.StatusMisdirectedRequest {
			t.Errorf("%s: %d", name, rec.Code)
		}
	}
	silent := func(site, origin, referer string) int { // nginx says nothing of itself unless it is told to
		return w.ask("GET", "http://127.0.0.1:8080/", func(r *http.Request) {
			r.Header.Set("Sec-Fetch-Site", site)
			r.Header.Set("Origin", origin)
			r.Header.Set("Referer", referer)
		}).Code
	}
	for _, from := range [][2]string{
		{"https://diet.example.com", ""}, {"", "https://diet.example.com/plans/web"}, {"http://127.0.0.1", ""}, {"", "http://localhost:8080/"},
	} {
		if code := silent("same-origin", from[0], from[1]); code != http.StatusMisdirectedRequest {
			t.Errorf("from a page of %q: %d", from, code)
		}
	}
	for _, from := range [][3]string{
		{"same-origin", "http://127.0.0.1:8080", "http://127.0.0.1:8080/"}, {"same-origin", "", "http://127.0.0.1:8080/plans/web"},
		{"same-origin", "", ""}, {"none", "", ""}, {"", "", "https://chat.example.com/"},
	} {
		if code := silent(from[0], from[1], from[2]); code != http.StatusOK {
			t.Errorf("%q: %d", from, code)
		}
	}
	old := w.ask("GET", "http://127.0.0.1/", func(r *http.Request) { r.Proto, r.ProtoMajor, r.ProtoMinor = "HTTP/1.0", 1, 0 })
	if old.Code != http.StatusMisdirectedRequest {
		t.Errorf("by HTTP/1.0: %d", old.Code)
	}
}

// TestUsersGone lets nobody in without a login where there were users: that their file is gone, or the
// last one was removed, does not open the pages.
func TestUsersGone(t *testing.T) {
	t.Parallel()
	for what, remove := range map[string]func(*user.File) error{
		"removed": func(f *user.File) error { return f.Remove("vera") },
		"gone":    func(f *user.File) error { return os.Remove(f.Path()) },
		"empty":   func(f *user.File) error { return os.WriteFile(f.Path(), nil, 0o600) },
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, func(w *world) {
				w.idle = true
				w.TB = t
				w.join("vera", user.Viewer)
			})
			if err := remove(w.users); err != nil {
				t.Fatal(err)
			}
			b := w.browser()
			b.get("/plans/web").sees("Log in").misses("row-01", "joe")
			b.post("/check").sees("Log in")
			if !strings.Contains(w.log.String(), "no users any more") {
				t.Errorf("the log has %s", w.log.String())
			}
			w.members = ""
			w.member("olga", user.Resolver).get("/").sees("olga", "Check all now")
		})
	}
}

// TestEmbedded keeps pages of other sites from having a browser ask, and lets links lead here.
func TestEmbedded(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(w *world) { w.idle = true })
	for mode, want := range map[string]int{
		"no-cors image": http.StatusForbidden, "cors empty": http.StatusForbidden, "navigate iframe": http.StatusForbidden,
		"navigate document": http.StatusOK,
	} {
		rec := w.ask("GET", "http://127.0.0.1/sql?q=SELECT+1", func(r *http.Request) {
			mode, dest, _ := strings.Cut(mode, " ")
			r.Header.Set("Sec-Fetch-Site", "cross-site")
			r.Header.Set("Sec-Fetch-Mode", mode)
			r.Header.Set("Sec-Fetch-Dest", dest)
		})
		if rec.Code != want {
			t.Errorf("%s: %d, want %d", mode, rec.Code, want)
		}
	}
}

// TestCookies gives cookies to browsers alone, by TLS where there is some, and none that is kept
// here to somebody who does not log in.
func TestCookies(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(w *world) { w.idle, w.guarded, w.secure = true, true, true })
	rec := w.ask("GET", "https://diet.example.com/login", nil)
	cookies := rec.Result().Cookies()
	if len(cookies) != 1 || cookies[0].Name != "__Host-diet-form" {
		t.Errorf("got %v", cookies)
	}
	w.join("vera", user.Viewer)
	csrf := csrfField.FindStringSubmatch(rec.Body.String())[1]
	form := url.Values{"name": {"vera"}, "password": {password}, "csrf": {csrf}}.Encode()
	rec = w.ask("POST", "https://diet.example.com/login", func(r *http.Request) {
		*r = *httptest.NewRequestWithContext(t.Context(), "POST", "https://diet.example.com/login", strings.NewReader(form))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.AddCookie(cookies[0])
		r.AddCookie(&http.Cookie{Name: "__Host-diet", Value: "planted"})
	})
	if rec.Code != http.StatusSeeOther {
		t.Fatalf("got %d: %s", rec.Code, shorten(rec.Body.String()))
	}
	for _, c := range append(cookies, rec.Result().Cookies()...) {
		if !c.Secure || !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Path != "/" || c.Domain != "" {
			t.Errorf("%v", c)
		}
		if c.Value == "planted" {
			t.Error("the session is one that was planted")
		}
	}
	if len(rec.Result().Cookies()) != 1 || rec.Header().Get("Strict-Transport-Security") == "" || len(rec.Header()["Cache-Control"]) != 1 {
		t.Errorf("got %v", rec.Header())
	}
}

// TestPasswordChanged ends the sessions of who has another password.
func TestPasswordChanged(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(w *world) { w.idle = true })
	vera := w.member("vera", user.Viewer)
	vera.get("/jobs").sees("vera")
	w.members = strings.Replace(w.members, "m=64,", "m=65,", 1) // another hash
	w.join("olga", user.Viewer)
	vera.get("/jobs").sees("Log in").misses("vera")
}

// TestRightPasswords counts wrong passwords alone, and those in a row: who has the right one gets in
// however often, and so do many people behind one gateway.
func TestRightPasswords(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(w *world) { w.idle = true })
	for n := range 30 {
		w.join(fmt.Sprint("u", n), user.Viewer)
	}
	first := w.ask("GET", "http://localhost/login", nil)
	cookie, csrf := first.Result().Cookies()[0], csrfField.FindStringSubmatch(first.Body.String())[1]
	answer := func(name, password string) int {
		form := url.Values{"name": {name}, "password": {password}, "csrf": {csrf}}.Encode()
		return w.ask("POST", "http://localhost/login", func(r *http.Request) {
			*r = *httptest.NewRequestWithContext(t.Context(), "POST", "http://localhost/login", strings.NewReader(form))
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			r.AddCookie(cookie)
		}).Code
	}
	try := func(name, password string, want int) {
		t.Helper()
		if code := answer(name, password); code != want {
			t.Errorf("%s: %d, want %d", name, code, want)
		}
	}
	for range 8 {
		try("u0", password, http.StatusSeeOther)
	}
	for n := range 30 {
		try(fmt.Sprint("u", n), password, http.StatusSeeOther)
	}
	for range 4 {
		try("u0", "guess", http.StatusUnauthorized)
	}
	try("u0", password, http.StatusSeeOther)
	for range 5 {
		try("u0", "guess", http.StatusUnauthorized)
	}
	try("u0", password, http.StatusTooManyRequests)
	refused := 0
	for n := range 60 { // who has a password of their own gains nothing by it
		answer("u29", password)
		if answer(fmt.Sprint("nobody", n), "guess") == http.StatusTooManyRequests {
			refused++
			break
		}
	}
	if refused == 0 {
		t.Error("60 names are guessed at")
	}
}

// TestManyNames stops a machine that tries many names, which gains nothing by it, and counts the
// addresses of a network of IPv6 as one.
func TestManyNames(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(w *world) { w.idle = true })
	w.join("vera", user.Viewer)
	first := w.ask("GET", "http://localhost/login", nil)
	cookie, csrf := first.Result().Cookies()[0], csrfField.FindStringSubmatch(first.Body.String())[1]
	try := func(name, password, from string) int {
		form := url.Values{"name": {name}, "password": {password}, "csrf": {csrf}}.Encode()
		return w.ask("POST", "http://localhost/login", func(r *http.Request) {
			*r = *httptest.NewRequestWithContext(t.Context(), "POST", "http://localhost/login", strings.NewReader(form))
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			r.RemoteAddr = from
			r.AddCookie(cookie)
		}).Code
	}
	for n := range 5 {
		if code := try("vera", "guess", fmt.Sprintf("192.0.2.%d:1", n)); code != http.StatusUnauthorized {
			t.Fatalf("guess %d: %d", n, code)
		}
	}
	for n := range 20 { // they are out of tries, and no password is hashed
		try("vera", "guess", fmt.Sprintf("[2001:db8::%x]:1", n))
	}
	refused := 0
	for n := range 30 {
		if try(fmt.Sprint("x", n), "guess", fmt.Sprintf("[2001:db8::1:%x]:1", n)) == http.StatusTooManyRequests {
			refused++
		}
	}
	if refused < 25 {
		t.Errorf("%d are refused", refused)
	}
	if code := try("vera", password, "192.0.2.200:1"); code != http.StatusTooManyRequests {
		t.Errorf("then the guesser gets %d", code)
	}
}

var sent = regexp.MustCompile(` value="[^"]*"`)

// TestHostile shows names as texts that came to NetBox with markup in them, on every page.
func TestHostile(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	const evil = `"><script>alert(1)</script>`
	w.edit("devices", "web/web[1]", map[string]any{"name": "\u202e" + evil, "description": "\u202e" + evil})
	rack := fmt.Sprintf("dcim/racks/%v", w.sandbox.Objects("racks")[0]["id"])
	w.byHand(http.MethodPatch, rack, map[string]any{"name": "\u2067<img src=x onerror=alert(1)>"})
	w.sync()
	b := w.browser()
	b.get("/")
	b.post("/plans/web/preview")
	id := b.arrive("/previews/")
	for _, path := range []string{
		"/", "/plans/web", "/plans/web/drift?show=all", "/plans/web/drift?show=all&group=rack", "/plans/web/questions", "/plans/web/answers",
		"/plans/web/object?id=web%2Fweb%5B1%5D", "/plans/web/topology", "/plans/web/racks", "/previews/" + id, "/runs", "/jobs",
		"/sql?q=" + url.QueryEscape("SELECT name FROM device UNION SELECT name FROM rack"),
		"/plans/web/drift?show=all&q=" + url.QueryEscape(evil), "/plans/web/racks?rack=" + url.QueryEscape(evil),
		"/plans/web/object?id=" + url.QueryEscape(evil), "/login?next=" + url.QueryEscape(evil),
	} {
		b.get(path).misses("<script>alert", "<img src=x")
		b.last = sent.ReplaceAllString(b.last, "") // a name goes back as it came
		b.misses("\u202e", "\u2067")
	}
	b.get("/plans/web/drift?show=all").sees("&lt;script&gt;")
}

// TestHeavy bounds what a query may take.
func TestHeavy(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(w *world) { w.idle = true })
	b := w.browser()
	const numbers = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 900) "
	for _, statement := range []string{
		"SELECT zeroblob(100000000)", "SELECT randomblob(8000000)", numbers + "SELECT randomblob(1000000) FROM n",
		numbers + "SELECT printf('%.*c', 1000000, 'x') FROM n", "SELECT " + strings.Repeat("1, ", 500) + "1",
		"SELECT load_extension('/tmp/x')", "CREATE TEMP TABLE x AS SELECT 1", "SELECT 1; DELETE FROM device",
	} {
		if b.get("/sql?q=" + url.QueryEscape(statement)).status(http.StatusOK); !hasProblem(b.last) {
			t.Errorf("%s is answered: %s", statement, shorten(b.last))
		}
	}
	for _, view := range []string{"device", "interface", "cable", "drift", "blame", "run", "journal"} {
		if b.get("/sql?q=" + url.QueryEscape("SELECT * FROM "+view)).status(http.StatusOK); hasProblem(b.last) {
			t.Errorf("%s: %s", view, shorten(b.last))
		}
	}
}

// TestLookingOn ends for somebody who was removed meanwhile.
func TestLookingOn(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(w *world) { w.idle = true })
	vera := w.member("vera", user.Viewer)
	id, err := w.jobs.Enqueue(t.Context(), job.CheckArgs{Plan: "web"}, 0)
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		vera.get(fmt.Sprintf("/jobs/%d/events", id))
	}()
	w.members = ""
	w.join("olga", user.Viewer)
	<-ended // the browser itself waits for 30 seconds
	if vera.code != http.StatusOK && vera.code != http.StatusSeeOther {
		t.Errorf("got %d", vera.code)
	}
}
