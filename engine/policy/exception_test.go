package policy_test

import (
	"strings"
	"testing"
	"time"

	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/engine/policy"
)

// TestException turns a guard off for what it is about, and for nothing else.
func TestException(t *testing.T) {
	t.Parallel()
	plan := &policy.Plan{Key: "web96", Reconcile: map[string]any{"deletionPolicy": "delete"}}
	orphan := policy.Input{
		Kind: "rack", Object: "web96/row[3]", Class: change.Orphaned, Protected: true, Plan: plan, Now: "2026-11-24T10:00:00Z",
	}
	for name, tt := range map[string]struct {
		exception policy.Exception
		off       bool
	}{
		"this object":            {policy.Exception{Object: "web96/row[3]"}, true},
		"a pattern":              {policy.Exception{Object: "web96/row*", Kind: "rack", Plan: "web96"}, true},
		"a pattern in brackets":  {policy.Exception{Object: "web96/row[*]"}, true},
		"its neighbour":          {policy.Exception{Object: "web96/row[30]"}, false},
		"over a slash":           {policy.Exception{Object: "web*"}, false},
		"another kind":           {policy.Exception{Object: "web96/row[3]", Kind: "device"}, false},
		"another plan":           {policy.Exception{Plan: "web9"}, false},
		"another guard":          {policy.Exception{Guard: "DEL104", Object: "web96/row[3]"}, false},
		"its last day":           {policy.Exception{Object: "web96/row[3]", Expires: "2026-11-24"}, true},
		"the day after":          {policy.Exception{Object: "web96/row[3]", Expires: "2026-11-23"}, false},
		"until a minute later":   {policy.Exception{Expires: "2026-11-24T11:01:00+01:00"}, true},
		"until that very minute": {policy.Exception{Expires: "2026-11-24T10:00:00Z"}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tt.exception.Reason, tt.exception.Who = "scrapped", "alice"
			if tt.exception.Guard == "" {
				tt.exception.Guard = "DEL103"
			}
			e := open(t, policy.Config{Exceptions: []policy.Exception{tt.exception}})
			in := orphan
			e.Excuse(&in)
			v := decide(t, e, in)[0]
			if off := v.Decision == change.DecisionDelete; off != tt.off {
				t.Errorf("got %+v", v)
			}
			if said := strings.HasSuffix(v.Message, "[waived: DEL103, scrapped (alice)]"); said != tt.off {
				t.Errorf("it says %q", v.Message)
			}
			if e.Digest() == open(t, policy.Config{}).Digest() {
				t.Error("the exception is not part of the digest")
			}
		})
	}
}

// TestExceptionOfATeamsGuard has a team's guard off for one object.
func TestExceptionOfATeamsGuard(t *testing.T) {
	t.Parallel()
	dirs := []string{team(t, "a.rego", guard(`input.class == "planned"`))}
	one := policy.Exception{Guard: "NET001", Reason: "CHG-1", Object: "a"}
	e := open(t, policy.Config{Dirs: dirs, Exceptions: []policy.Exception{one}})
	for object, want := range map[string]change.Decision{"a": change.DecisionApply, "b": change.DecisionDeny} {
		in := policy.Input{Kind: "device", Object: object, Class: change.Planned, Field: "name", Plan: &policy.Plan{}}
		e.Excuse(&in)
		if v := decide(t, e, in)[0]; v.Decision != want {
			t.Errorf("%s: %+v", object, v)
		}
	}
}

// TestExceptionElsewhere heads an exception for another plan as not applied.
func TestExceptionElsewhere(t *testing.T) {
	t.Parallel()
	e := open(t, policy.Config{Exceptions: []policy.Exception{{Guard: "DEL103", Reason: "scrapped", Plan: "other"}}})
	for _, tt := range []struct {
		plans []string
		says  string
	}{
		{nil, "Waived: DEL103 "},
		{[]string{"web"}, "Waiver for another plan, not applied: DEL103 "},
		{[]string{"web", "other"}, "Waived: DEL103 "},
	} {
		if got := e.Sources(time.Now(), tt.plans...).Waivers[0].String(); !strings.HasPrefix(got, tt.says) {
			t.Errorf("for %v: %s", tt.plans, got)
		}
	}
}
