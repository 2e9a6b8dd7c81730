package engine_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/diet-project/diet/engine"
	"github.com/diet-project/diet/engine/change"
)

// guard has a team decide something about the orphans of a kind, and has everything deleted else.
const guard = `package team.parts

# METADATA
# title: These are decided by hand
# custom:
#   id: PRT001
#   severity: low
#   decision: %[1]s
#   recommended: %[2]s
#   forbids: [delete]
guards contains object.union(rego.metadata.rule().custom, {"message": message}) if {
	input.kind == "%[3]s"
	input.class == "orphaned"
	message := sprintf("%%s is recabled by hand", [input.object])
}
`

// guarding opens a mirror with that guard.
func (w *world) guarding(decision, recommended, kind string) {
	w.Helper()
	w.policies = []string{teamFolder(w, fmt.Appendf(nil, guard, decision, recommended, kind))}
	w.open("mirror.db")
}

// doomed is a plan that is applied, and its end.
func (w *world) doomed(policy string) engine.Destruction {
	w.Helper()
	plan := w.planned(strings.Replace(fmt.Sprintf(small, "one", 2), "deletionPolicy: delete", "deletionPolicy: "+policy, 1))
	w.apply(plan)
	return engine.Destruction{Plan: plan.Info()}
}

// TestRefusalNamesTheGuard refuses an answer that a guard forbids, and says which guard it is.
func TestRefusalNamesTheGuard(t *testing.T) {
	t.Parallel()
	for kind, rule := range map[string]string{"cable": "DEL108", "device": "PRT001"} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			w := setup(t, "4.6")
			gone := w.doomed("delete")
			w.guarding("deny", "approve", kind)
			w.sync()
			_, err := w.eng.Resolve(t.Context(), gone, engine.Reply{Object: "web/dc.leaf[1]", Answer: "force_delete", Who: "joe", Why: "x"})
			var unfit *engine.UnfitError
			if !errors.As(err, &unfit) || !strings.Contains(unfit.Reason(), rule+" denies it: ") {
				t.Errorf("got %v, want %s named", err, rule)
			}
		})
	}
}

// TestRefusalOfWhatIsNoAnswer refuses a word that a deletion is not answered by, where a guard denies all that it is:
// it says which answers there are, and not that the guard denies this one.
func TestRefusalOfWhatIsNoAnswer(t *testing.T) {
	t.Parallel()
	w := setup(t, "4.6")
	gone := w.doomed("delete")
	everything := strings.Replace(guard, "forbids: [delete]", "forbids: [delete, orphan, skip, ask]", 1)
	w.policies = []string{teamFolder(w, fmt.Appendf(nil, everything, "deny", "approve", "device"))}
	w.open("mirror.db")
	w.sync()
	_, err := w.eng.Resolve(t.Context(), gone, engine.Reply{Object: "web/dc.leaf[1]", Answer: "use_diet", Who: "joe", Why: "x"})
	var unfit *engine.UnfitError
	if !errors.As(err, &unfit) || unfit.Reason() != "the answer use_diet does not fit" ||
		!strings.Contains(unfit.Hint(), "the answers are approve, force_delete, orphan, skip, and none is possible: PRT001 denies it: ") {
		t.Errorf("got %v, hint %q, want the answers that there are", err, unfit.Hint())
	}
}

// TestRefusalNamesWhatOnlyTheAnswerFires names the guard that no change fires by itself, only the answer to it.
func TestRefusalNamesWhatOnlyTheAnswerFires(t *testing.T) {
	t.Parallel()
	w := setup(t, "4.6")
	gone := w.doomed("warn")
	master := w.object("devices", "web/dc.leaf[1]")["id"]
	w.post("dcim/virtual-chassis", `{"name": "stack"}`)
	w.edit("devices", "web/dc.leaf[1]", `{"virtual_chassis": 1, "vc_position": 1}`)
	w.byHandJSON("PATCH", "dcim/virtual-chassis/1", fmt.Sprintf(`{"master": %v}`, master))
	w.sync()
	_, err := w.eng.Resolve(t.Context(), gone, engine.Reply{Object: "web/dc.leaf[1]", Answer: "force_delete", Who: "joe", Why: "x"})
	var unfit *engine.UnfitError
	if !errors.As(err, &unfit) || !strings.Contains(unfit.Reason(), "DEL107 denies it: ") ||
		!strings.Contains(unfit.Hint(), "the answers are ") {
		t.Errorf("got %v, want DEL107 named, and what can be answered", err)
	}
}

// TestDenialBindsWhatLosesItsEnd has a guard deny the deletion of cables: no switch, port or rack
// that they are on, in the end, can be deleted, whatever is answered, and each says why.
func TestDenialBindsWhatLosesItsEnd(t *testing.T) {
	t.Parallel()
	for _, policy := range []string{"warn", "delete"} {
		t.Run(policy, func(t *testing.T) {
			t.Parallel()
			w := setup(t, "4.6")
			gone := w.doomed(policy)
			w.guarding("deny", "approve", "cable")
			was := w.referring()
			for _, object := range []string{"web/dc.leaf[1]", "web/rack:row[1]", "web/web[1]"} {
				w.sync()
				_, err := w.eng.Resolve(t.Context(), gone, engine.Reply{Object: object, Answer: "force_delete", Who: "joe", Why: "x"})
				var unfit *engine.UnfitError
				if !errors.As(err, &unfit) || slices.Contains(unfit.Fits, "force_delete") {
					t.Errorf("force_delete of %s: %v", object, err)
				}
			}
			for _, object := range []string{"web/dc.leaf[1]", "web/dc.leaf[2]", "web/rack:row[1]"} {
				c := w.judgedAny(gone, object)
				if v := c.Verdict; !v.Denies() || v.Rule != "DEL108" || !strings.Contains(v.Message, "recabled by hand") {
					t.Errorf("%s: %+v", object, v)
				}
			}
			w.apply(gone)
			if is := w.referring(); len(is) != len(was) {
				t.Errorf("%d references are left of %d", len(is), len(was))
			}
			w.law(gone)
		})
	}
}

// asksAnew asserts that the deletion of a device asks, for a reason, and is made once that is answered.
func (w *world) asksAnew(gone engine.Destruction, why string) {
	w.Helper()
	c := w.judgedAny(gone, "web/web[1]")
	if !c.Verdict.Asks() || !strings.Contains(c.Verdict.Told(), why) {
		w.Fatalf("%+v", c.Verdict)
	}
	w.answers(gone, "web/web[1]", "", "force_delete")
	if c := w.judgedAny(gone, "web/web[1]"); !c.Deletes() {
		w.Errorf("%+v", c.Verdict)
	}
}

// judgedAny is what the preview says of an object, whatever its kind.
func (w *world) judgedAny(intent engine.Intent, object string) *change.Change {
	w.Helper()
	p := w.preview(intent)
	for i := range p.Changes {
		if c := &p.Changes[i]; c.Object == object && c.Class != change.Finding {
			return c
		}
	}
	w.Fatalf("nothing is said of %s", object)
	return nil
}

// TestMoveThatIsDeniedKeepsItsSwitch has a guard deny that a cable is moved off a switch that the
// plan has no more.
func TestMoveThatIsDeniedKeepsItsSwitch(t *testing.T) {
	t.Parallel()
	w := setup(t, "4.6")
	text := fmt.Sprintf(small, "one", 2)
	leaf := "        leaf: {role: leaf, type: leaf-48, group: 2, rack: {pool: row, per: 2, fromU: 43}, zones: {server: {ports: 1-8}}}\n"
	other := "    new:\n      switches:\n" + strings.Replace(leaf, "fromU: 43", "fromU: 40", 1)
	w.apply(w.planned(strings.Replace(text, "  nodes:\n", other+"  nodes:\n", 1)))
	w.policies = []string{teamFolder(t, []byte(`package team.moves

# METADATA
# title: Cables are moved by hand
# custom:
#   id: MOV001
#   severity: high
#   decision: deny
guards contains object.union(rego.metadata.rule().custom, {"message": "moved by hand"}) if {
	input.kind == "cable"
	input.field in {"a", "b"}
}
`))}
	w.open("mirror.db")
	moved := w.planned(strings.NewReplacer("    dc:\n      switches:\n"+leaf, other, "dc.leaf/server", "new.leaf/server").Replace(text))
	if c := w.judgedAny(moved, "web/dc.leaf[1]"); c.Verdict.Rule != "DEL108" || !strings.Contains(c.Verdict.Message, "moved by hand") {
		t.Errorf("%+v", c.Verdict)
	}
	w.keepsEnds(moved)
}

// TestQuestionOfAPartBinds has a guard ask about a part: the question of the whole names it, what
// was answered before the guard was there lapses, and what is answered afterwards counts for both.
func TestQuestionOfAPartBinds(t *testing.T) {
	t.Parallel()
	for _, policy := range []string{"warn", "delete"} {
		for _, kind := range []string{"cable", "interface"} {
			t.Run(policy+", "+kind, func(t *testing.T) {
				t.Parallel()
				w := setup(t, "4.6")
				gone := w.doomed(policy)
				w.edit("devices", "web/web[1]", `{"comments": "hers"}`)
				w.answers(gone, "web/web[1]", "", "force_delete")
				w.guarding("ask", "approve", kind)
				w.asksAnew(gone, "recabled by hand")
			})
		}
	}
}

// TestQuestionOfAPartBindsInACopy has the guard be one of an edited copy of the shipped policies: a
// new rule there, and a shipped one that asks of more.
func TestQuestionOfAPartBindsInACopy(t *testing.T) {
	t.Parallel()
	own := strings.Replace(fmt.Sprintf(guard, "ask", "approve", "interface"), "package team.parts", "package diet.deletion", 1)
	const when = "guards contains object.union(rego.metadata.rule().custom, {\"message\": message}) if {\n" +
		"\tinput.class == \"orphaned\"\n\tinput.protected\n"
	for name, edit := range map[string]func(dir string) error{
		"a new guard": func(dir string) error { return os.WriteFile(filepath.Join(dir, "parts.rego"), []byte(own), 0o600) },
		"an edited guard": func(dir string) error {
			file := filepath.Join(dir, "protected.rego")
			text, err := os.ReadFile(file)
			if err != nil {
				return err
			}
			edited := strings.Replace(string(text), "decision: deny\n#   forbids: [delete]\n"+when, "decision: ask\n#   recommended: approve\n"+
				strings.Replace(when, "\tinput.protected\n", "\tinput.kind == \"interface\"\n", 1), 1)
			if edited == string(text) {
				return errors.New("the rule reads otherwise by now")
			}
			return os.WriteFile(file, []byte(edited), 0o600)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := setup(t, "4.6")
			gone := w.doomed("delete")
			copied := t.TempDir()
			if err := errors.Join(os.CopyFS(copied, os.DirFS("../policies")), edit(filepath.Join(copied, "diet", "deletion"))); err != nil {
				t.Fatal(err)
			}
			w.policies = []string{copied}
			w.open("mirror.db")
			w.asksAnew(gone, "web/web[1]/lom.eth0")
		})
	}
}

// TestOpenQuestionKeepsWhatItsPartIsOn has a guard ask about cables, and recommend that they stay:
// nothing that they are on is deleted before somebody answered.
func TestOpenQuestionKeepsWhatItsPartIsOn(t *testing.T) {
	t.Parallel()
	w := setup(t, "4.6")
	gone := w.doomed("warn")
	w.guarding("ask", "orphan", "cable")
	w.answers(gone, "web/dc.leaf[1]", "", "force_delete")
	c := w.judgedAny(gone, "web/dc.leaf[1]")
	if c.Held == "" || c.Acts() {
		t.Errorf("%+v, held %q", c.Verdict, c.Held)
	}
	w.keepsEnds(gone)
}

// TestProtectedPartKeepsItsWhole has a plan protect a part by its id.
func TestProtectedPartKeepsItsWhole(t *testing.T) {
	t.Parallel()
	w := setup(t, "4.6")
	const protect = "deletionPolicy: delete, protect: [\"web/web[2]/lom.eth0~\"]"
	text := strings.Replace(fmt.Sprintf(small, "one", 2), "deletionPolicy: delete", protect, 1)
	w.apply(w.planned(text))
	less := w.planned(strings.Replace(text, "count: 2\n", "count: 1\n", 1))
	if c := w.judgedAny(less, "web/web[2]"); !c.Verdict.Denies() || c.Verdict.Rule != "DEL104" {
		t.Errorf("%+v", c.Verdict)
	}
	w.apply(less)
	w.object("cables", "web/web[2]/lom.eth0~")
	w.law(less)
}

const runGuards = `package team.run

# METADATA
# title: A run that deletes is asked about
# custom:
#   id: TRN001
#   severity: high
#   decision: ask
#   recommended: approve
guards contains object.union(rego.metadata.rule().custom, {"message": "it deletes"}) if {
	input.class == "run"
	input.run.deletions > 0
}
`

// TestEachQuestionOfARunIsAnswered has three rules ask about one run: each is a question of its
// own, and the run goes ahead once all are answered.
func TestEachQuestionOfARunIsAnswered(t *testing.T) {
	t.Parallel()
	w := setup(t, "4.6")
	text := strings.Replace(fmt.Sprintf(small, "one", 4), "deletionPolicy: delete", "deletionPolicy: delete, approveDeletionsAbove: 0", 1)
	w.apply(w.planned(text))
	dir := teamFolder(t, []byte(runGuards))
	budgets := filepath.Join(t.TempDir(), "budgets.yaml")
	text2 := "settings:\n  budgets:\n    device:\n      delete: {max: 0}\n    cable:\n      delete: {max: 0}\n"
	if err := os.WriteFile(budgets, []byte(text2), 0o600); err != nil {
		t.Fatal(err)
	}
	w.policies = []string{dir, filepath.Dir(budgets)}
	w.open("mirror.db")
	less := w.planned(strings.Replace(text, "count: 4\n", "count: 3\n", 1))
	p := w.preview(less)
	keys, rules := map[string]bool{}, []string{}
	for _, q := range p.Questions {
		keys[q.Key] = true
		rules = append(rules, q.Verdict.Topic())
	}
	slices.Sort(rules)
	want := []string{"RUN101", "RUN102 delete cable", "RUN102 delete device", "TRN001"}
	if len(keys) != 4 || !slices.Equal(rules, want) || len(p.Verdict.Also) != 3 {
		t.Fatalf("questions %q, %d keys, verdict %+v", rules, len(keys), p.Verdict)
	}
	was, _ := w.all()
	for n, q := range p.Questions {
		if p := w.preview(less); len(p.Questions) != len(want)-n || !p.Verdict.Asks() {
			t.Fatalf("after %d answers: %+v, verdict %+v", n, p.Questions, p.Verdict)
		}
		w.apply(less)
		if is, _ := w.all(); fmt.Sprint(is) != fmt.Sprint(was) {
			t.Fatalf("written after %d answers", n)
		}
		if _, err := w.eng.Resolve(t.Context(), less, engine.Reply{Question: q.Key, Answer: "approve", Who: "joe", Why: "x"}); err != nil {
			t.Fatal(err)
		}
	}
	w.apply(less)
	if p := w.preview(less); len(p.Questions) > 0 || len(p.Changes) > 0 {
		t.Errorf("%+v", p.Questions)
	}
	w.law(less)
}
