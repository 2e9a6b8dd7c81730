package notify_test

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/diet-project/diet/engine"
	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/engine/serve/notify"
)

// book is what stands and was said, in memory.
type book map[[3]string]engine.Notice

func (b book) Notices(_ context.Context, rule string) ([]engine.Notice, error) {
	var out []engine.Notice
	for _, n := range b {
		if n.Rule == rule {
			out = append(out, n)
		}
	}
	return out, nil
}

func (b book) Stand(_ context.Context, all []engine.Notice) error {
	for _, n := range all {
		key := [3]string{n.Rule, n.Plan, n.Topic}
		was := b[key]
		n.Said, n.SaidAt = was.Said, was.SaidAt
		b[key] = n
	}
	return nil
}

func (b book) Say(_ context.Context, all []engine.Notice) error {
	for _, n := range all {
		key := [3]string{n.Rule, n.Plan, n.Topic}
		was := b[key]
		was.Said, was.SaidAt = maps.Clone(n.Said), n.SaidAt
		b[key] = was
	}
	return nil
}

// post is where messages go.
type post struct {
	testing.TB
	*notify.Notifier
	book book
	now  time.Time
	sent []string
	down error
}

func newPost(t *testing.T, rules ...notify.Rule) *post {
	t.Helper()
	p := &post{TB: t, book: book{}, now: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)}
	n, err := notify.New(notify.Config{
		Rules: rules, URL: "https://diet.example.com/", Now: func() time.Time { return p.now },
		Send: func(_ context.Context, address, title, text string) error {
			if p.down == nil {
				p.sent = append(p.sent, address+"\n"+title+"\n"+text)
			}
			return p.down
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	p.Notifier = n
	return p
}

// find has a job find something.
func (p *post) find(f *notify.Facts) []notify.Due {
	p.Helper()
	due, err := p.Observe(p.Context(), p.book, f)
	if err != nil {
		p.Fatal(err)
	}
	return due
}

// told is what a channel says by now.
func (p *post) told(channel string) string {
	p.Helper()
	p.sent = nil
	if err := p.Tell(p.Context(), p.book, channel); err != nil {
		p.Fatal(err)
	}
	return strings.Join(p.sent, "\n---\n")
}

// edited is a plan some of whose servers have another serial than it says.
func edited(plan string, serials map[string]string) *notify.Facts {
	f := &notify.Facts{
		Plan: plan, Job: "check", Reached: true, Objects: map[string]int{"server": 10},
		Status: &engine.Status{Plan: plan}, Preview: &engine.Preview{Plan: plan},
	}
	for _, name := range slices.Sorted(maps.Keys(serials)) {
		f.Preview.Changes = append(f.Preview.Changes, change.Change{
			Kind: "server", Object: plan + "/" + name, Name: name, Class: change.Changed, Action: change.Update,
			Fields: []change.Field{{
				Name: "serial", Class: change.Drift, Want: "", Have: serials[name], Blame: &change.Blame{User: "maria"},
				Verdict: change.Verdict{Decision: change.DecisionAlert, Severity: "medium"},
			}},
		})
	}
	return f
}

func rule(edit func(*notify.Rule)) notify.Rule {
	r := notify.Rule{
		Name: "ops", URLs: []string{"logger://"}, On: []notify.Topic{notify.Drift}, Group: 30 * time.Second, Every: 15 * time.Minute,
	}
	if edit != nil {
		edit(&r)
	}
	return r
}

// TestClockBack is silent for no longer than it is meant to be where a clock was ahead at the last message.
func TestClockBack(t *testing.T) {
	t.Parallel()
	p := newPost(t, rule(nil))
	now := p.now
	p.now = now.AddDate(1, 0, 0)
	p.find(edited("web", map[string]string{"a": "1"}))
	p.told("ops")
	p.now = now
	if due := p.find(edited("web", map[string]string{"b": "2"})); len(due) != 1 || due[0].After != 15*time.Minute {
		t.Errorf("due %v", due)
	}
}

// TestOnce tells what is new, once, and that it is over; what came back is told again.
func TestOnce(t *testing.T) {
	t.Parallel()
	p := newPost(t, rule(nil))
	if due := p.find(edited("web", nil)); len(due) != 0 {
		t.Errorf("of nothing: %v", due)
	}
	soon := []notify.Due{{Channel: "ops", After: 30 * time.Second}}
	if due := p.find(edited("web", map[string]string{"a": "1"})); !slices.Equal(due, soon) {
		t.Errorf("due %v", due)
	}
	want := "logger://\ndiet: web\nPlan web\ndrift:\n- server a: serial is \"1\", the plan says \"\" (maria)\n" +
		"https://diet.example.com/plans/web"
	if got := p.told("ops"); got != want {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	if due, again := p.find(edited("web", map[string]string{"a": "1"})), p.told("ops"); len(due) != 0 || again != "" {
		t.Errorf("twice: %v, %q", due, again)
	}
	if got := p.find(edited("web", map[string]string{"a": "1", "b": "2"})); len(got) != 1 || got[0].After != 15*time.Minute {
		t.Errorf("soon after a message: %v", got)
	}
	if got := p.told("ops"); !strings.Contains(got, "drift (1 new, 2 in all):\n- server b:") || strings.Contains(got, "server a") {
		t.Errorf("of what is new: %q", got)
	}
	p.find(edited("web", map[string]string{"b": "2"}))
	got := p.told("ops")
	if !strings.Contains(got, "drift (1 no longer, 1 in all):\n- no longer: server a:") || strings.Contains(got, "server b") {
		t.Errorf("less: %q", got)
	}
	p.find(edited("web", map[string]string{"a": "1", "b": "2"}))
	if got := p.told("ops"); !strings.Contains(got, "server a") {
		t.Errorf("what came back: %q", got)
	}
	p.find(edited("web", nil))
	if got := p.told("ops"); !strings.Contains(got, "no drift any more") {
		t.Errorf("over: %q", got)
	}
	if got := p.told("ops"); got != "" {
		t.Errorf("over twice: %q", got)
	}
}

// TestAnswered tells no drift as new because a person answered it, or answered it anew; what an
// answer no longer covers is told again.
func TestAnswered(t *testing.T) {
	t.Parallel()
	p := newPost(t, rule(nil))
	answered := func(word string, d change.Decision) *notify.Facts {
		f := edited("web", map[string]string{"a": "1"})
		f.Preview.Changes[0].Fields[0].Verdict = change.Verdict{Decision: d, Answer: word}
		return f
	}
	p.find(edited("web", map[string]string{"a": "1"}))
	p.told("ops")
	for _, f := range []*notify.Facts{
		answered("acknowledge", change.DecisionPreserve), answered("use_diet", change.DecisionRemediate),
		answered("acknowledge", change.DecisionPreserve),
	} {
		if due, got := p.find(f), p.told("ops"); len(due) > 0 || got != "" {
			t.Errorf("answered: %v, %q", due, got)
		}
	}
	p.find(edited("web", map[string]string{"a": "1"}))
	if got := p.told("ops"); !strings.Contains(got, "- server a:") {
		t.Errorf("the answer has run out: %q", got)
	}
	p.find(answered("acknowledge", change.DecisionPreserve))
	p.find(edited("web", nil))
	if got := p.told("ops"); !strings.Contains(got, "no drift any more") {
		t.Errorf("over: %q", got)
	}
	p.find(answered("acknowledge", change.DecisionPreserve))
	p.find(answered("use_diet", change.DecisionRemediate))
	if got := p.told("ops"); !strings.Contains(got, "- server a:") {
		t.Errorf("answered before anybody was told: %q", got)
	}
}

// TestValueMoves tells the new value of a field alone.
func TestValueMoves(t *testing.T) {
	t.Parallel()
	p := newPost(t, rule(nil))
	p.find(edited("web", map[string]string{"a": "1"}))
	p.told("ops")
	p.find(edited("web", map[string]string{"a": "2"}))
	if got := p.told("ops"); !strings.Contains(got, "drift:\n- server a: serial is \"2\"") || strings.Contains(got, "no longer") {
		t.Errorf("got %q", got)
	}
	p.find(edited("web", map[string]string{"a": "1"}))
	if got := p.told("ops"); !strings.Contains(got, "serial is \"1\"") {
		t.Errorf("back to what was told before: %q", got)
	}
}

// TestGathers tells of several plans in one message, and of others not at all.
func TestGathers(t *testing.T) {
	t.Parallel()
	p := newPost(t, rule(func(r *notify.Rule) { r.Plans = []string{"web", "db"} }))
	for _, plan := range []string{"web", "db", "lab"} {
		p.find(edited(plan, map[string]string{plan + "-1": "1"}))
	}
	got := p.told("ops")
	if !strings.Contains(got, "diet: db, web") || !strings.Contains(got, "/plans/db\n\nPlan web") || strings.Contains(got, "lab") {
		t.Errorf("got %q", got)
	}
}

// TestAway keeps what could not be sent, and says nothing that the address keeps secret.
func TestAway(t *testing.T) {
	t.Parallel()
	const address = "slack://hook:WNA3PBYV6-F20DUQND3RQ-Webc4MAvoacrpPakR8phF0zi@webhook"
	p := newPost(t, rule(func(r *notify.Rule) { r.URLs = []string{"logger://", address} }))
	if due := p.find(edited("web", map[string]string{"a": "1"})); len(due) != 2 || due[1].Channel != "ops #2" {
		t.Fatalf("due %v", due)
	}
	if got := p.told("ops"); !strings.Contains(got, "server a") {
		t.Errorf("the first: %q", got)
	}
	p.down = errors.New(`Post "https://hooks.slack.com/services/WNA3PBYV6/F20DUQND3RQ/Webc4MAvoacrpPakR8phF0zi": no route to host`)
	err := p.Tell(t.Context(), p.book, "ops #2")
	if err == nil || !strings.Contains(err.Error(), "no route") {
		t.Fatalf("got %v", err)
	}
	for _, secret := range []string{"Webc4MAv", "WNA3", "F20DUQ"} {
		if strings.Contains(err.Error(), secret) {
			t.Errorf("%v holds %s", err, secret)
		}
	}
	p.down = nil
	if got := p.told("ops #2"); !strings.Contains(got, "server a") {
		t.Errorf("later: %q", got)
	}
	if got := p.told("ops"); got != "" {
		t.Errorf("the first one again: %q", got)
	}
}

// TestFailure alerts once while NetBox is away, whatever the error says, and once when it is
// back.
func TestFailure(t *testing.T) {
	t.Parallel()
	p := newPost(t, rule(func(r *notify.Rule) { r.On = []notify.Topic{notify.Failures, notify.Drift} }))
	p.find(edited("web", map[string]string{"a": "1"}))
	p.told("ops")
	var told []string
	for _, why := range []string{"dial tcp: refused at 10:00", "dial tcp: refused at 10:01", "dial tcp: refused at 10:02"} {
		p.find(&notify.Facts{Plan: "web", Away: true, Failure: why})
		p.find(&notify.Facts{Plan: "db", Away: true, Failure: why})
		told = append(told, p.told("ops"))
	}
	want := "logger://\ndiet: NetBox\nNetBox cannot be read:\n- dial tcp: refused at 10:00\nhttps://diet.example.com/"
	if told[0] != want || told[1]+told[2] != "" {
		t.Errorf("told %q", told)
	}
	p.find(edited("web", map[string]string{"a": "1"}))
	if got := p.told("ops"); !strings.Contains(got, "NetBox can be read again") || strings.Contains(got, "drift") {
		t.Errorf("back: %q", got)
	}
	p.find(&notify.Facts{Plan: "web", Job: "apply", Reached: true, Failure: "2 changes failed"})
	if got := p.told("ops"); !strings.Contains(got, "2 changes failed") {
		t.Errorf("an apply: %q", got)
	}
	p.find(edited("web", map[string]string{"a": "1"}))
	if got := p.told("ops"); got != "" {
		t.Errorf("a check does not mend an apply: %q", got)
	}
	failed := edited("web", nil)
	failed.Status.Status, failed.Status.Error = engine.StateError, "run run-1 failed"
	p.find(failed)
	if got := p.told("ops"); !strings.Contains(got, "run run-1 failed") {
		t.Errorf("a failed run: %q", got)
	}
	failed.Status.Error = "run run-2 failed"
	p.find(failed)
	if got := p.told("ops"); !strings.Contains(got, "run run-2 failed") {
		t.Errorf("another failed run: %q", got)
	}
}

// TestQuestions tells of what waits for a person, and of what wants approval.
func TestQuestions(t *testing.T) {
	t.Parallel()
	p := newPost(t, notify.Rule{Name: "ops", URLs: []string{"logger://"}})
	ask := change.Verdict{Decision: change.DecisionAsk, Rule: "CNF001", Message: "both sides changed it"}
	sign := change.Verdict{Decision: change.DecisionAsk, Rule: "RUN900", Message: "a big one", Approvals: 2}
	f := edited("web", nil)
	f.Preview.Conflicts = []engine.Conflict{
		{Type: engine.FieldOwnership, Kind: "server", Object: "web/a", Name: "a", Field: "asset_tag", Have: "x", Verdict: ask},
		{Type: engine.ManualModification, Kind: "server", Name: "b", Verdict: change.Verdict{Decision: change.DecisionPreserve}},
		{Type: engine.Approval, Kind: "server", Name: "c", Verdict: sign},
	}
	f.Preview.Verdict = sign
	f.Preview.Findings = []change.Notice{{ID: "REF001", Severity: change.Error, Message: "there is no tenant acme"}}
	p.find(f)
	got := p.told("ops")
	for _, want := range []string{
		"waits for a person (2 new, 2 in all):\n", "- server a asset_tag: both sides changed it (CNF001)", "- there is no tenant acme",
		"wants approval:\n- the whole preview wants 2 approvals: a big one (RUN900)",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is not in\n%s", want, got)
		}
	}
	if strings.Contains(got, "server b") || strings.Contains(got, "server c") {
		t.Errorf("too much: %s", got)
	}
}

// TestWithItsDevice tells of a device alone what is true of its parts too, and says which port it
// is where many have a name.
func TestWithItsDevice(t *testing.T) {
	t.Parallel()
	p := newPost(t, rule(func(r *notify.Rule) { r.On = []notify.Topic{notify.Drift, notify.Approvals} }))
	f := edited("web", nil)
	sign := change.Verdict{Decision: change.DecisionAsk, Rule: "NET020", Message: "two approve it", Approvals: 2}
	for _, c := range []change.Change{
		{Kind: "device", Object: "web/a", Name: "a-1"},
		{Kind: "interface", Object: "web/a/eth0", Name: "eth0", With: "web/a"},
		{Kind: "interface", Object: "web/leaf/1", Name: "E1"},
	} {
		c.Class, c.Action, c.Verdict = change.Orphaned, change.Delete, sign
		f.Preview.Changes = append(f.Preview.Changes, c)
	}
	p.find(f)
	got := p.told("ops")
	for _, want := range []string{
		"drift (2 new, 2 in all):\n- device a-1 is no longer in the plan\n- interface E1 (web/leaf/1) is no longer",
		"wants approval (2 new, 2 in all):\n",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is not in\n%s", want, got)
		}
	}
}

// TestThresholds tell when drift reaches them, not with each further piece.
func TestThresholds(t *testing.T) {
	t.Parallel()
	p := newPost(t, rule(func(r *notify.Rule) {
		r.On, r.Thresholds = nil, []notify.Threshold{
			{Kind: "server", Percent: 20}, {Field: "name", Count: 1}, {Severity: "high", Count: 1}, {Severity: "low", Field: "serial", Count: 3},
		}
	}))
	two := map[string]string{"a": "1", "b": "2"}
	p.find(edited("web", map[string]string{"a": "1"}))
	if got := p.told("ops"); got != "" {
		t.Errorf("below: %q", got)
	}
	twice := edited("web", map[string]string{"a": "1"})
	c := &twice.Preview.Changes[0]
	c.Fields = append(c.Fields, c.Fields[0])
	c.Fields[1].Name = "comments"
	p.find(twice)
	if got := p.told("ops"); got != "" {
		t.Errorf("two fields of one object: %q", got)
	}
	p.find(edited("web", two))
	got := p.told("ops")
	if !strings.Contains(got, "drift of kind server reaches 20 %: 2 by now, in 2 of 10 objects") || strings.Contains(got, "severity") {
		t.Errorf("at it: %q", got)
	}
	p.find(edited("web", map[string]string{"a": "1", "b": "2", "c": "3"}))
	if got := p.told("ops"); !strings.Contains(got, "severity low reaches 3") || strings.Contains(got, "kind server") {
		t.Errorf("another one: %q", got)
	}
	p.find(edited("web", nil))
	if got := p.told("ops"); !strings.Contains(got, "no longer: drift of kind server reaches 20 %") {
		t.Errorf("below again: %q", got)
	}
}

// TestMuch keeps what is stored and said short.
func TestMuch(t *testing.T) {
	t.Parallel()
	p := newPost(t, rule(nil))
	many := map[string]string{}
	for i := range 3000 {
		many[time.Unix(int64(i), 0).UTC().Format("150405")] = strings.Repeat("x", 1000) + "\x1b[2J"
	}
	p.find(edited("web", many))
	got := p.told("ops")
	if len(got) > 5000 || !strings.Contains(got, "… and 991 more") || strings.Contains(got, "\x1b") {
		t.Errorf("%d bytes: %.3000s", len(got), got)
	}
	many["235959"] = "y"
	if due := p.find(edited("web", many)); len(due) != 1 {
		t.Error("one more among many is not told")
	}
}

// TestWrongRules says what is wrong, without secrets.
func TestWrongRules(t *testing.T) {
	t.Parallel()
	_, err := notify.New(notify.Config{Rules: []notify.Rule{
		{Name: "a", URLs: []string{"pigeon://topsecret@loft"}},
		{Name: "b", URLs: []string{"logger://"}, On: []notify.Topic{"weather"}, Thresholds: []notify.Threshold{{Kind: "device"}}},
		{Name: "b", URLs: []string{"logger://"}},
		{Name: "c"},
	}})
	if err == nil {
		t.Fatal("taken")
	}
	for _, want := range []string{
		`notification "a": urls[0]: this is no address of shoutrrr`, `unknown service`, `on[0]: "weather" is none of`,
		"thresholds[0]: a threshold wants count", `two notifications are called "b"`, "at least one address",
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q is not in\n%v", want, err)
		}
	}
	if strings.Contains(err.Error(), "topsecret") {
		t.Errorf("it tells a secret: %v", err)
	}
}

// TestSend sends by shoutrrr, with the title.
func TestSend(t *testing.T) {
	t.Parallel()
	got := make(chan string, 1)
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body := make([]byte, 1000)
		n, _ := r.Body.Read(body)
		got <- string(body[:n])
		w.WriteHeader(http.StatusOK)
	}))
	t.Cleanup(web.Close)
	address := "generic+" + web.URL + "?template=json&disabletls=yes"
	if err := notify.Send(t.Context(), address, "diet: web", "drift"); err != nil {
		t.Fatal(err)
	}
	if body := <-got; !strings.Contains(body, `"drift"`) || !strings.Contains(body, `"diet: web"`) {
		t.Errorf("got %q", body)
	}
}
