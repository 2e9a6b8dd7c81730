package change_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/diet-project/diet/engine/change"
)

// TestSort puts what others need first, and within a kind follows the ids.
func TestSort(t *testing.T) {
	t.Parallel()
	set := &change.Set{}
	for _, id := range []string{
		"cable x/web[1]/a~", "device x/web[10]", "unheard-of x", "device x/web[2]", "site site:ams2",
		"interface_template interface_template:leaf/E1/2", "device_type device_type:leaf",
		"rack x/rack:row[1]", "interface x/web[1]/a",
	} {
		kind, object, _ := strings.Cut(id, " ")
		set.Changes = append(set.Changes, change.Change{Kind: kind, Object: object})
	}
	set.Sort()
	got := make([]string, 0, len(set.Changes))
	for _, c := range set.Changes {
		got = append(got, c.Kind+" "+c.Object)
	}
	want := []string{
		"site site:ams2", "device_type device_type:leaf", "interface_template interface_template:leaf/E1/2", "rack x/rack:row[1]",
		"device x/web[2]", "device x/web[10]", "interface x/web[1]/a", "cable x/web[1]/a~", "unheard-of x",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

// TestActs is the law's measure: what an apply would write.
func TestActs(t *testing.T) {
	t.Parallel()
	verdict := func(word change.Decision) change.Verdict { return change.Verdict{Decision: word} }
	field := func(word change.Decision) []change.Field {
		return []change.Field{{Name: "name", Verdict: verdict(word)}}
	}
	for name, tt := range map[string]struct {
		c    change.Change
		want bool
	}{
		"a create that is to be applied": {change.Change{Action: change.Create, Verdict: verdict("apply")}, true},
		"a create that is asked about":   {change.Change{Action: change.Create, Verdict: verdict("ask")}, false},
		"one that nobody has decided":    {change.Change{Action: change.Create}, false},
		"a held one":                     {change.Change{Action: change.Create, Verdict: verdict("apply"), Held: "waits"}, false},
		"a deletion":                     {change.Change{Action: change.Delete, Verdict: verdict("delete")}, true},
		"an orphan let go":               {change.Change{Action: change.Delete, Verdict: verdict("orphan")}, true},
		"a skipped deletion":             {change.Change{Action: change.Delete, Verdict: verdict("skip")}, false},
		"an update by its fields": {
			change.Change{Action: change.Update, Verdict: verdict("apply"), Fields: field("remediate")}, true},
		"an update whose fields are preserved": {
			change.Change{Action: change.Update, Verdict: verdict("apply"), Fields: field("preserve")}, false},
		"ownership alone":                      {change.Change{Action: change.Own, Verdict: verdict("apply"), Fields: field("apply")}, true},
		"a deleted object that is released":    {change.Change{Action: change.Create, Verdict: verdict("release")}, false},
		"a deleted object made again":          {change.Change{Action: change.Create, Verdict: verdict("recreate")}, true},
		"an adoption":                          {change.Change{Action: change.Adopt, Verdict: verdict("adopt")}, true},
		"what is in the way and to be renamed": {change.Change{Action: change.Adopt, Verdict: verdict("rename_existing")}, false},
		"a finding":                            {change.Change{Action: change.None, Verdict: verdict("apply"), Fields: field("apply")}, false},
	} {
		if got := tt.c.Acts(); got != tt.want {
			t.Errorf("%s: acts is %v, want %v", name, got, tt.want)
		}
		set := &change.Set{Changes: []change.Change{tt.c}}
		if n := set.Acting(); (n == 1) != tt.want {
			t.Errorf("%s: the set counts %d", name, n)
		}
	}
}

// TestVerdictOnTheObjectBinds crosses every class, action and verdict: whatever is
// denied, asked, skipped, held or undecided does not act, whatever its fields say; nor
// does an update of which no field does.
func TestVerdictOnTheObjectBinds(t *testing.T) {
	t.Parallel()
	each(func(c change.Change) {
		bound := c.Held != "" || c.Verdict.Waits() || c.Verdict.Decision == change.DecisionSkip || c.Verdict.Decision == ""
		idle := c.Action == change.Update && !c.Fields[0].Verdict.Acts()
		if (bound || idle) && c.Acts() {
			t.Errorf("%s %s, %q, held %q, its field %q: acts", c.Class, c.Action, c.Verdict.Decision, c.Held, c.Fields[0].Verdict.Decision)
		}
	})
}

// each makes a change of every class, action and verdict, on the object and on a field.
func each(visit func(change.Change)) {
	classes := []change.Class{
		change.Absent, change.Changed, change.Missing, change.Orphaned, change.Exists, change.Templated,
		change.Blocked, change.Identity, change.Finding, change.Unmanaged,
	}
	actions := []change.Action{change.Create, change.Update, change.Delete, change.Adopt, change.Own, change.None}
	decisions := append(change.Decisions(), "")
	for _, class := range classes {
		for _, action := range actions {
			for _, object := range decisions {
				for _, field := range decisions {
					for _, held := range []string{"", "waits"} {
						visit(change.Change{
							Class: class, Action: action, Held: held, Verdict: change.Verdict{Decision: object},
							Fields: []change.Field{{Name: "name", Verdict: change.Verdict{Decision: field}}},
						})
					}
				}
			}
		}
	}
}

func TestPending(t *testing.T) {
	t.Parallel()
	for value, want := range map[any]string{"@web/web[1]": "web/web[1]", "@site:ams2": "site:ams2", "web": "", int64(7): "", nil: ""} {
		if got, ok := change.Pending("device", "site", value); ok != (want != "") || ok && got != want {
			t.Errorf("Pending(%v) is %q, %v; want %q", value, got, ok, want)
		}
		for _, text := range []string{"description", "name", "cf.owner", "tags"} {
			if got, ok := change.Pending("device", text, value); ok || got != "" {
				t.Errorf("%s %v refers to %q", text, value, got)
			}
		}
	}
}

// TestApprovals takes what waits for approval for what is recommended, and one more approval
// for stricter.
func TestApprovals(t *testing.T) {
	t.Parallel()
	ask := func(n int, recommended string) change.Verdict {
		return change.Verdict{Decision: change.DecisionAsk, Approvals: n, Recommended: recommended}
	}
	field := change.Field{Name: "name", Verdict: ask(2, "use_diet")}
	apply := change.Verdict{Decision: change.DecisionApply}
	for _, tt := range []struct {
		c    change.Change
		want change.Action
	}{
		{change.Change{Action: change.Delete, Verdict: ask(2, "approve")}, change.Delete},
		{change.Change{Action: change.Delete, Verdict: ask(2, "orphan")}, change.Orphan},
		{change.Change{Action: change.Delete, Verdict: ask(2, "skip")}, ""},
		{change.Change{Action: change.Delete, Verdict: ask(0, "approve")}, ""},
		{change.Change{Action: change.Delete, Verdict: ask(2, "approve"), Held: "x"}, ""},
		{change.Change{Action: change.None, Verdict: ask(2, "approve")}, ""},
		{change.Change{Action: change.Update, Verdict: apply, Fields: []change.Field{field}}, change.Update},
		{change.Change{Action: change.Create, Verdict: apply}, change.Create},
	} {
		if got := tt.c.Expected(); got != tt.want {
			t.Errorf("%s, %+v: expects %q, want %q", tt.c.Action, tt.c.Verdict, got, tt.want)
		}
	}
	if !ask(2, "").Stricter(ask(0, "")) || ask(0, "").Stricter(ask(2, "")) || !ask(0, "").Stricter(apply) || apply.Stricter(ask(2, "")) {
		t.Error("the order of verdicts is another one")
	}
}
