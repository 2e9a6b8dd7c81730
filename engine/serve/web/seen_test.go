package web_test

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/diet-project/diet/engine"
	"github.com/diet-project/diet/engine/answer"
	"github.com/diet-project/diet/engine/serve/user"
)

// form is what a page has to send to answer about an object, or a field of it, as it was shown.
func (b *browser) form(object, field, word string) []string {
	b.Helper()
	hidden := regexp.MustCompile(`name="object(\d+)" value="` + regexp.QuoteMeta(object) + `"><input type="hidden" name="field\d+" value="` +
		regexp.QuoteMeta(field) + `"><input type="hidden" name="seen\d+" value="([0-9a-f]+)"`)
	m := hidden.FindStringSubmatch(b.last)
	if m == nil {
		b.Fatalf("the page asks nothing about %s %s: %s", object, field, shorten(b.last))
	}
	return []string{
		"about0", "1", "object0", object, "field0", field, "seen0", m[2], "answer0", word, "reason", "as shown",
	}
}

// resolved are the answers that were written.
func (w *world) resolved() string {
	data, _ := os.ReadFile(filepath.Join(w.dir, "resolutions.yaml"))
	return string(data)
}

// TestWhoApplied says of what diet applied, and the plan has otherwise by now, that it was diet, as
// diet blame does.
func TestWhoApplied(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.write(strings.NewReplacer(`"one"`, `"two"`, "units: 48", "units: 50", "fromU: 1}", "fromU: 5}").Replace(text))
	b := w.browser()
	b.until("/plans/web/drift?show=changes", "two")
	b.sees("50").misses(">unknown")
	for _, kind := range []string{"device", "rack"} {
		b.get("/plans/web/drift?show=changes&group=person&kind=" + kind).sees("diet").misses("unknown")
	}
}

// TestSeen refuses an answer to what has changed since the person was shown it: a value, what
// others wrote on an object that would be deleted, anything of a class; nothing is written.
func TestSeen(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.drift()
	w.write(strings.NewReplacer("count: 3", "count: 2", "deletionPolicy: delete", "deletionPolicy: warn").Replace(text))
	w.edit("devices", "web/web[3]", map[string]any{"comments": "hers"})
	w.sync()
	const questions = "/plans/web/questions"
	b := w.browser()
	b.get(questions)
	name, gone, page := b.form("web/web[1]", "name", "use_diet"), b.form("web/web[3]", "", "force_delete"), b.last
	bulk := []string{"all", "use_diet", "class", "drift", "kind", "device", "reason", "as shown"}
	bulk = append(bulk, "seen-drift", regexp.MustCompile(`name="seen-drift" value="(\w+)"`).FindStringSubmatch(b.last)[1])

	w.edit("devices", "web/web[1]", map[string]any{"name": "prod-db"})
	w.edit("devices", "web/web[3]", map[string]any{"comments": "hers", "description": "production since today"})
	w.sync()
	for about, form := range map[string][]string{
		"web/web[1] name has changed since it was shown": name, "web/web[3] has changed since it was shown": gone,
		"something of the class drift has changed since it was shown": bulk,
	} {
		b.last = page
		b.post(questions, form...).status(http.StatusConflict).sees(about, "nothing was written", "Write the answers")
		if strings.Contains(b.last, `value="use_diet" checked`) || strings.Contains(b.last, `value="force_delete" checked`) {
			t.Errorf("%s: the answer to what it was is chosen for what it is", about)
		}
	}
	if got := w.resolved(); got != "" {
		t.Errorf("written: %s", got)
	}
	b.get(questions)
	b.post(questions, b.form("web/web[1]", "name", "use_diet")...).status(http.StatusOK)
	b.get(questions)
	b.post(questions, b.form("web/web[3]", "", "force_delete")...).status(http.StatusOK)
	w.apply()
	if got := fmt.Sprint(w.object("devices", "web/web[1]")["name"]); got != "web-001" {
		t.Errorf("the device is called %s", got)
	}
}

// TestAnsweredMeanwhile does not have one person's answer take the place of another's unawares.
func TestAnsweredMeanwhile(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.drift()
	const questions = "/plans/web/questions"
	rita, ralf := w.member("rita", user.Resolver), w.member("ralf", user.Resolver)
	rita.get(questions)
	ralf.get(questions)
	late := ralf.form("web/web[1]", "name", "use_user")
	rita.post(questions, rita.form("web/web[1]", "name", "use_diet")...).status(http.StatusOK)
	ralf.post(questions, late...).status(http.StatusConflict).sees("answered meanwhile", "rita answered use_diet")
	if got := w.resolved(); !strings.Contains(got, "who: rita") || strings.Contains(got, "ralf") {
		t.Errorf("written: %s", got)
	}
	ralf.post(questions, ralf.form("web/web[1]", "name", "use_user")...).status(http.StatusOK)
	if got := w.resolved(); !strings.Contains(got, "who: ralf") {
		t.Errorf("written: %s", got)
	}
}

// TestAnsweredAtOnce lets one of two people who answer the same at the same time win, and tells the
// other: both were shown a question that nobody had answered.
func TestAnsweredAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.drift()
	const questions = "/plans/web/questions"
	rita, ralf := w.member("rita", user.Resolver), w.member("ralf", user.Resolver)
	both := sync.WaitGroup{} // have been judged
	both.Add(2)
	w.set(func(cfg *engine.Config) {
		cfg.Answer = func(ctx context.Context, file string, given []answer.Answer) error {
			both.Done()
			both.Wait()
			return answer.Edit(ctx, file, func(f *answer.File) error { return f.PutAll(given) })
		}
	})
	rita.get(questions)
	ralf.get(questions)
	var all sync.WaitGroup
	for b, word := range map[*browser]string{rita: "use_diet", ralf: "use_user"} {
		form := b.form("web/web[1]", "name", word)
		all.Go(func() { b.post(questions, form...) })
	}
	all.Wait()
	won, lost := rita, ralf
	if strings.Contains(w.resolved(), "who: ralf") {
		won, lost = ralf, rita
	}
	won.status(http.StatusOK)
	lost.status(http.StatusConflict).sees("meanwhile", "Write the answers")
	if got := w.resolved(); strings.Count(got, "who: ") != 1 {
		t.Errorf("written: %s", got)
	}
}
