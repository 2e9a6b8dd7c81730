package main

import (
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"github.com/diet-project/diet/engine"
	"github.com/diet-project/diet/engine/answer"
	"github.com/diet-project/diet/engine/change"
)

// asking is a preview with a question about one field, one about many objects, and drift.
func asking() *engine.Preview {
	return &engine.Preview{
		Plan: "web",
		Questions: []answer.Question{
			{
				Key: "q-1", Class: change.Conflict, Kind: "device", Field: "description", Objects: []string{"web/web[1]"},
				Options: []string{"approve", "use_diet", "use_user"},
				Verdict: change.Verdict{Recommended: "use_user", Message: "they differ"},
			},
			{
				Key: "q-2", Class: change.Orphaned, Kind: "device", Objects: []string{"web/web[2]", "web/web[3]"},
				Options: []string{"approve", "orphan"},
				Verdict: change.Verdict{Recommended: "approve", Message: strings.Repeat("long words ", 30)},
			},
		},
		Conflicts: []engine.Conflict{
			{Type: engine.ManualModification, Kind: "device", Object: "web/web[4]", Field: "serial", Options: []string{"acknowledge", "use_diet"}},
			{
				Type: engine.FieldOwnership, Kind: "device", Object: "web/web[1]", Field: "description",
				Question: "q-1", Options: []string{"use_diet"},
			},
		},
	}
}

// press sends keys to a screen.
func press(s screen, keys ...string) (screen, tea.Cmd) {
	var cmd tea.Cmd
	for _, key := range keys {
		m := tea.KeyPressMsg{Text: key}
		switch key {
		case "up":
			m = tea.KeyPressMsg{Code: tea.KeyUp}
		case "down":
			m = tea.KeyPressMsg{Code: tea.KeyDown}
		case "right":
			m = tea.KeyPressMsg{Code: tea.KeyRight}
		case "left":
			m = tea.KeyPressMsg{Code: tea.KeyLeft}
		case "enter":
			m = tea.KeyPressMsg{Code: tea.KeyEnter}
		case "esc":
			m = tea.KeyPressMsg{Code: tea.KeyEscape}
		case "backspace":
			m = tea.KeyPressMsg{Code: tea.KeyBackspace}
		}
		var next tea.Model
		next, cmd = s.Update(m)
		s = next.(screen)
	}
	return s, cmd
}

// TestScreen answers by the keyboard.
func TestScreen(t *testing.T) {
	t.Parallel()
	s, _ := press(newScreen(asking()), "right", "right", "down", "r", "down", "right", "right", "left", "enter", "o", "k", "!", "backspace")
	for _, want := range []string{"3 to answer, 3 answered", "Why? ok▏", "→ use_diet", "(•) acknowledge"} {
		if text := s.View().Content; !strings.Contains(text, want) {
			t.Errorf("%q is not on the screen:\n%s", want, text)
		}
	}
	if s.replies() != nil {
		t.Error("something is written before it was said to be")
	}
	s, cmd := press(s, "enter")
	want := []engine.Reply{
		{Object: "web/web[1]", Field: "description", Answer: "use_diet", Why: "ok"},
		{Question: "q-2", Answer: "approve", Why: "ok"},
		{Object: "web/web[4]", Field: "serial", Answer: "acknowledge", Why: "ok"},
	}
	got := s.replies()
	if len(got) != len(want) || cmd == nil {
		t.Fatalf("got %+v", got)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("got %+v, want %+v", got[i], want[i])
		}
	}
}

// TestScreenSaysWhatIsDeleted has words say what the answers do, and names every object of a question.
func TestScreenSaysWhatIsDeleted(t *testing.T) {
	t.Parallel()
	p := asking()
	q := &p.Questions[1]
	q.Leads = map[string]change.Decision{"approve": change.DecisionDelete, "orphan": change.DecisionOrphan}
	q.Matters = []answer.Matter{
		{Change: &change.Change{Object: "web/web[2]", Name: "web-002"}}, {Change: &change.Change{Object: "web/web[3]", Name: "web-003"}},
	}
	next, _ := newScreen(p).Update(tea.WindowSizeMsg{Width: 120, Height: 40})
	s, _ := press(next.(screen), "down", "right")
	for _, want := range []string{
		"2 of kind device: web-002, web-003", "(•) approve          delete it (DELETES 2 objects)", "→ approve (DELETES 2 objects)",
		"( ) orphan           give up its ownership, keep the object\n",
	} {
		if text := s.View().Content; !strings.Contains(text, want) {
			t.Errorf("%q is not on the screen:\n%s", want, text)
		}
	}
}

// TestScreenLeaves writes nothing where a person leaves, answers nothing, or gives no reason.
func TestScreenLeaves(t *testing.T) {
	t.Parallel()
	for name, keys := range map[string][]string{
		"quit": {"R", "q"}, "nothing chosen": {"enter", "enter"}, "no reason": {"R", "enter", " ", "enter"},
		"back and quit": {"R", "enter", "x", "esc", "q"}, "chosen and taken back": {"right", "left", "enter", "x", "enter"},
	} {
		if s, _ := press(newScreen(asking()), keys...); s.replies() != nil {
			t.Errorf("%s: %+v", name, s.replies())
		}
	}
}

// TestScreenFits keeps to the height and the width of the terminal.
func TestScreenFits(t *testing.T) {
	t.Parallel()
	p := asking()
	for range 100 {
		p.Questions = append(p.Questions, p.Questions[1])
	}
	next, _ := newScreen(p).Update(tea.WindowSizeMsg{Width: 40, Height: 20})
	s := next.(screen)
	for range 60 {
		s, _ = press(s, "down")
	}
	lines := strings.Split(strings.TrimRight(s.View().Content, "\n"), "\n")
	if len(lines) > 20 || !strings.Contains(s.View().Content, "›") {
		t.Errorf("%d lines:\n%s", len(lines), s.View().Content)
	}
	for _, line := range lines {
		if n := len([]rune(line)); n > 40 {
			t.Errorf("%d columns: %s", n, line)
		}
	}
}
