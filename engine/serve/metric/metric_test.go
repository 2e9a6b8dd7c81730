package metric_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/diet-project/diet/engine"
	"github.com/diet-project/diet/engine/serve/job"
	"github.com/diet-project/diet/engine/serve/metric"
)

// scraped is what Prometheus is told once everything has happened.
func scraped(t *testing.T) string {
	t.Helper()
	m := metric.New("1.2.3")
	m.Recall(engine.Sample{
		Plan: "db", At: "2026-01-01T00:00:00.000000Z", Status: engine.StateDrift, Summary: engine.StatusSummary{Modified: 3},
	})
	start := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	m.Observe(job.Event{State: job.Started, Kind: job.KindCheck})
	m.Observe(job.Event{State: job.Started, Kind: job.KindCheck})
	m.Observe(job.Event{State: job.Ended, Kind: job.KindCheck, Outcome: &job.Outcome{
		Kind: job.KindCheck, Result: job.Done, Reached: true, Started: start, Finished: start.Add(2 * time.Second),
		Status: &engine.Status{
			Plan: "web", Status: engine.StateConflicts, Objects: 9, Pending: 2,
			LastReconciled: "2026-01-01T00:00:00Z", LastDriftCheck: "2026-01-01T00:00:01Z",
			Summary: engine.StatusSummary{Conflicts: 4, Missing: 1},
		},
	}})
	m.Observe(job.Event{State: job.Ended, Kind: job.KindApply, Outcome: &job.Outcome{Kind: job.KindApply, Result: job.Failed, Away: true}})
	m.Sent("ops", nil)
	m.Sent("ops", errors.New("no route"))
	m.Hooked("git", "refused")
	w := httptest.NewRecorder()
	m.Handler().ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/metrics", nil))
	return w.Body.String()
}

// TestMetrics tells what jobs found and did.
func TestMetrics(t *testing.T) {
	t.Parallel()
	got := scraped(t)
	for _, want := range []string{
		`diet_build_info{version="1.2.3"} 1`,
		`diet_plan_status{plan="web",status="conflicts"} 1`, `diet_plan_status{plan="web",status="in_sync"} 0`,
		`diet_plan_status{plan="db",status="drift_detected"} 1`, `diet_plan_modified_objects{plan="db"} 3`,
		`diet_plan_last_check_timestamp_seconds{plan="db"} 1.7672256e+09`,
		`diet_plan_conflicts{plan="web"} 4`, `diet_plan_missing_objects{plan="web"} 1`, `diet_plan_objects{plan="web"} 9`,
		`diet_plan_pending_changes{plan="web"} 2`, `diet_plan_last_reconciled_timestamp_seconds{plan="web"} 1.7672256e+09`,
		`diet_jobs_running{kind="check"} 1`, `diet_jobs_total{kind="check",result="done"} 1`,
		`diet_job_duration_seconds_bucket{kind="check",le="1"} 0`, `diet_job_duration_seconds_bucket{kind="check",le="5"} 1`,
		`diet_netbox_up 0`, `diet_notifications_total{result="failed",rule="ops"} 1`, `diet_hooks_total{result="refused",source="git"} 1`,
	} {
		if !strings.Contains(got, want+"\n") {
			t.Errorf("%s is not told", want)
		}
	}
	if strings.Contains(got, `diet_plan_last_reconciled_timestamp_seconds{plan="db"}`) {
		t.Error("it tells what it does not know")
	}
}

// TestMetricsVerified has Prometheus look at the metrics, where promtool is: their names, units and
// help.
func TestMetricsVerified(t *testing.T) {
	t.Parallel()
	program, err := exec.LookPath("promtool")
	if err != nil {
		t.Skip("no promtool here")
	}
	check := exec.CommandContext(t.Context(), program, "check", "metrics")
	check.Stdin = strings.NewReader(scraped(t))
	if said, err := check.CombinedOutput(); err != nil || len(said) > 0 {
		t.Errorf("%v: %s", err, said)
	}
}

// TestPlansThatDoNotLoad tells the status error of a plan that does not load, and of one that
// cannot be compared because NetBox is away, until that is back; and nothing of one that no file
// has any more.
func TestPlansThatDoNotLoad(t *testing.T) {
	t.Parallel()
	m := metric.New("1.2.3")
	end := func(o *job.Outcome) {
		o.Kind = job.KindCheck
		m.Observe(job.Event{State: job.Started, Kind: o.Kind})
		m.Observe(job.Event{State: job.Ended, Kind: o.Kind, Outcome: o})
	}
	tells := func(wants ...string) {
		t.Helper()
		w := httptest.NewRecorder()
		m.Handler().ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/metrics", nil))
		got := w.Body.String()
		for _, want := range wants {
			if !strings.Contains(got, want+"\n") {
				t.Errorf("%s is not told", want)
			}
		}
		if strings.Contains(got, `plan="gone"`) {
			t.Error("the plan that is gone is told")
		}
	}
	for _, plan := range []string{"bad", "away", "gone"} {
		m.Recall(engine.Sample{Plan: plan, Status: engine.StateInSync})
		end(&job.Outcome{
			Plan: plan, Result: job.Cancelled, Reached: plan != "away", Away: plan == "away", Gone: plan == "gone", Error: "no",
		})
		if plan == "away" {
			tells(`diet_plan_status{plan="away",status="error"} 1`, `diet_plan_status{plan="away",status="in_sync"} 0`, `diet_netbox_up 0`)
		}
	}
	tells(`diet_plan_status{plan="bad",status="error"} 1`, `diet_plan_status{plan="bad",status="in_sync"} 0`,
		`diet_plan_status{plan="away",status="in_sync"} 1`, `diet_plan_status{plan="away",status="error"} 0`, `diet_netbox_up 1`)
}

var name = regexp.MustCompile(`\bdiet_[a-z_]+\b`)

// named are the metrics that expressions name, each of which must be told; and of the
// labels that they match by, the values.
func named(t *testing.T, file string, expressions []string) {
	t.Helper()
	got := scraped(t)
	if len(expressions) < 5 {
		t.Errorf("%s has %d expressions", file, len(expressions))
	}
	for _, e := range expressions {
		found := name.FindAllString(e, -1)
		if len(found) == 0 {
			t.Errorf("%s: %s names no metric", file, e)
		}
		for _, n := range found {
			if !strings.Contains(got, "\n"+n+"{") && !strings.Contains(got, "\n"+n+" ") {
				t.Errorf("%s: there is no metric %s", file, n)
			}
		}
		for _, m := range regexp.MustCompile(`(status|result)="([a-z_]+)"`).FindAllString(e, -1) {
			if !strings.Contains(got, m) {
				t.Errorf("%s: nothing has %s", file, m)
			}
		}
		if strings.Count(e, "(") != strings.Count(e, ")") || strings.Count(e, "{") != strings.Count(e, "}") {
			t.Errorf("%s: %s is not closed", file, e)
		}
	}
}

// TestAlerts reads the alert rules.
func TestAlerts(t *testing.T) {
	t.Parallel()
	const file = "../../../docs/deploy/alerts.yml"
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var doc struct {
		Groups []struct {
			Rules []struct {
				Alert, Expr, For    string
				Labels, Annotations map[string]string
			}
		}
	}
	if err := yaml.Unmarshal(text, &doc); err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, g := range doc.Groups {
		for _, r := range g.Rules {
			all = append(all, r.Expr)
			if r.Alert == "" || r.Labels["severity"] == "" || r.Annotations["summary"] == "" {
				t.Errorf("%+v lacks a name, a severity or a summary", r)
			}
			if _, err := time.ParseDuration(strings.Replace(r.For, "1d", "24h", 1)); r.For != "" && err != nil {
				t.Errorf("%s: for: %v", r.Alert, err)
			}
		}
	}
	named(t, file, all)
}

// TestDashboard reads Grafana's dashboard.
func TestDashboard(t *testing.T) {
	t.Parallel()
	const file = "../../../docs/deploy/grafana-dashboard.json"
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var doc struct {
		Panels []struct {
			ID      int
			Title   string
			Targets []struct{ Expr string }
		}
		Templating struct {
			List []struct{ Name, Type string }
		}
	}
	if err := json.Unmarshal(text, &doc); err != nil {
		t.Fatal(err)
	}
	var all []string
	seen := map[int]bool{}
	for _, p := range doc.Panels {
		if p.Title == "" || len(p.Targets) == 0 || seen[p.ID] {
			t.Errorf("panel %+v", p)
		}
		seen[p.ID] = true
		for _, target := range p.Targets {
			all = append(all, target.Expr)
		}
	}
	named(t, file, all)
	for _, e := range all {
		for _, m := range regexp.MustCompile(`\$(?:__)?[a-z_]+`).FindAllString(e, -1) {
			if m != "$plan" && m != "$__rate_interval" {
				t.Errorf("%s names %s", e, m)
			}
		}
	}
	if len(doc.Templating.List) != 2 {
		t.Errorf("variables %+v", doc.Templating.List)
	}
}

// TestDocumented has the manual name each metric that is told, and no other.
func TestDocumented(t *testing.T) {
	t.Parallel()
	const file = "../../../docs/serve.md"
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	_, table, _ := strings.Cut(string(text), "| metric |")
	table, _, _ = strings.Cut(table, "\n\n")
	table = strings.ReplaceAll(table, "`…_", "`diet_plan_")
	written := regexp.MustCompile("`(diet_[a-z_]+)[{`]").FindAllStringSubmatch(table, -1)
	told := regexp.MustCompile(`(?m)^# TYPE (diet_[a-z_]+) `).FindAllStringSubmatch(scraped(t), -1)
	if len(told) < 15 {
		t.Errorf("%d metrics are told", len(told))
	}
	names := func(found [][]string) map[string]bool {
		out := map[string]bool{}
		for _, m := range found {
			out[m[1]] = true
		}
		return out
	}
	inText, inFact := names(written), names(told)
	for n := range inFact {
		if !inText[n] {
			t.Errorf("%s lacks %s", file, n)
		}
	}
	for n := range inText {
		if !inFact[n] {
			t.Errorf("%s names %s, which there is not", file, n)
		}
	}
}
