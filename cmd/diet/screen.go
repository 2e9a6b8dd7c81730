package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"
	"golang.org/x/term"

	"github.com/diet-project/diet/engine"
	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/engine/report"
	"github.com/diet-project/diet/mirror"
)

// resolveOnScreen lets a person answer what a plan asks, on the whole screen.
func (e *env) resolveOnScreen(args []string) error {
	eng, intent, err := e.oneIntent(args)
	if err != nil {
		return err
	}
	defer func() { _ = eng.Close() }()
	if err := e.refreshFor(eng); err != nil {
		return err
	}
	p, err := eng.Ask(e.cli.Context, intent)
	if err != nil {
		return err
	}
	s := newScreen(p)
	if len(s.rows) == 0 {
		fmt.Fprintf(e.out, "plan %s asks nothing, and nobody edited what it owns\n", p.Plan)
		return nil
	}
	s.reason = e.cli.String("reason")
	last, err := tea.NewProgram(s, tea.WithContext(e.cli.Context), tea.WithInput(e.cli.App.Reader), tea.WithOutput(bare(e.out))).Run()
	if err != nil {
		return fmt.Errorf("show the questions: %w", err)
	}
	replies := last.(screen).replies()
	if len(replies) == 0 {
		e.say("diet: nothing was answered")
		return nil
	}
	who, expires, err := e.signature()
	if err != nil {
		return err
	}
	for i := range replies {
		replies[i].Who, replies[i].Expires = who, expires
	}
	return e.resolve(eng, intent, replies...)
}

// refreshFor syncs ahead of questions, where there is a NetBox: what is asked is what it holds by
// now.
func (e *env) refreshFor(eng *engine.Engine) error {
	_, err := eng.Sync(e.cli.Context, mirror.Options{})
	if errors.Is(err, engine.ErrNoNetBox) {
		return nil
	}
	return err
}

// isKeyboard reports whether a reader is a terminal.
func isKeyboard(r io.Reader) bool {
	f, ok := r.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// screen is what a person sees, and has chosen so far.
type screen struct {
	plan   string
	rows   []row
	at     int  // the row that is looked at
	typing bool // the reason
	reason string
	done   bool // what is chosen is to be written
	height int
	width  int
}

// row is one thing that can be answered.
type row struct {
	reply       engine.Reply
	title       string
	lines       []string // what it is about
	options     []string
	recommended string
	does        map[string]string // what the options do, in words
	choice      int               // an index of options, -1 for none
}

var _ tea.Model = screen{}

// newScreen lists the questions of a preview, and then the drift that nobody asks about.
func newScreen(p *engine.Preview) screen {
	s := screen{plan: p.Plan, height: 24, width: 80}
	for _, t := range p.Topics() {
		mark := "!  "
		if t.Question != nil {
			mark = "✋ "
		}
		r := row{
			title: mark + t.About, lines: []string{t.Message}, options: t.Options, recommended: t.Recommended, choice: -1, reply: t.Reply,
			does: map[string]string{},
		}
		for _, option := range t.Options {
			r.does[option] = change.Answer(option).Meaning()
			if t.Question != nil {
				r.does[option] = t.Question.Effect(option)
			}
		}
		if t.Question != nil && t.Question.Names() != "" {
			r.lines = append(r.lines, t.Question.Names())
		}
		s.rows = append(s.rows, r)
	}
	return s
}

// Init implements [tea.Model].
func (s screen) Init() tea.Cmd { return nil }

// Update implements [tea.Model].
func (s screen) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	switch m := msg.(type) {
	case tea.WindowSizeMsg:
		s.width, s.height = m.Width, m.Height
	case tea.PasteMsg:
		if s.typing {
			s.reason += strings.Join(strings.Fields(m.Content), " ")
		}
	case tea.KeyPressMsg:
		if s.typing {
			return s.typed(m)
		}
		return s.pressed(m)
	}
	return s, nil
}

// pressed is a key while the questions are looked at.
func (s screen) pressed(m tea.KeyPressMsg) (tea.Model, tea.Cmd) {
	r := &s.rows[s.at]
	switch m.String() {
	case "ctrl+c", "q", "esc":
		return s.leave()
	case "up", "k":
		s.at = max(s.at-1, 0)
	case "down", "j":
		s.at = min(s.at+1, len(s.rows)-1)
	case "right", "l", "space":
		s.choose(s.at, min(r.choice+1, len(r.options)-1))
	case "left", "h":
		s.choose(s.at, max(r.choice-1, -1))
	case "r":
		s.choose(s.at, slices.Index(r.options, r.recommended))
	case "R":
		for i, other := range s.rows {
			if other.choice < 0 {
				s.choose(i, slices.Index(other.options, other.recommended))
			}
		}
	case "enter":
		s.typing = len(s.replies()) > 0 || s.chosen() > 0
	}
	return s, nil
}

// choose picks an answer to a row; the rows of the screen that was are left alone.
func (s *screen) choose(i, choice int) {
	s.rows = slices.Clone(s.rows)
	s.rows[i].choice = choice
}

// typed is a key while the reason is typed.
func (s screen) typed(m tea.KeyPressMsg) (tea.Model, tea.Cmd) {
	switch m.String() {
	case "ctrl+c":
		return s.leave()
	case "esc":
		s.typing = false
	case "enter":
		if strings.TrimSpace(s.reason) != "" {
			s.done = true
			return s, tea.Quit
		}
	case "backspace":
		if text := []rune(s.reason); len(text) > 0 {
			s.reason = string(text[:len(text)-1])
		}
	default:
		s.reason += m.Text
	}
	return s, nil
}

func (s screen) leave() (tea.Model, tea.Cmd) {
	s.done = false
	return s, tea.Quit
}

func (s screen) chosen() int {
	n := 0
	for _, r := range s.rows {
		if r.choice >= 0 {
			n++
		}
	}
	return n
}

// replies are the answers that a person chose, and wants written.
func (s screen) replies() []engine.Reply {
	var out []engine.Reply
	for _, r := range s.rows {
		if s.done && r.choice >= 0 {
			reply := r.reply
			reply.Answer, reply.Why = r.options[r.choice], strings.TrimSpace(s.reason)
			out = append(out, reply)
		}
	}
	return out
}

// View implements [tea.Model].
func (s screen) View() tea.View {
	v := tea.NewView(s.text())
	v.AltScreen = true
	return v
}

func (s screen) text() string {
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, "%s\n", s.clip(fmt.Sprintf(format, args...))) }
	line("Plan %s: %d to answer, %d answered", s.plan, len(s.rows), s.chosen())
	line("")
	first, last := s.window()
	for i := first; i < last; i++ {
		r, mark, answer := s.rows[i], " ", ""
		if i == s.at {
			mark = "›"
		}
		if r.choice >= 0 {
			answer = "  → " + r.options[r.choice] + deleting(r.does[r.options[r.choice]])
		}
		line("%s %s%s", mark, report.Printable(r.title), answer)
	}
	line("")
	for _, text := range s.detail() {
		line("%s", text)
	}
	line("")
	if s.typing {
		line("Why? %s▏", s.reason)
		line("enter writes the answers   esc goes back   ctrl+c leaves without writing")
	} else {
		line("↑ ↓ question   ← → answer   r as recommended   R all as recommended   enter write   q leave")
	}
	return b.String()
}

// window is the part of the rows that there is room for.
func (s screen) window() (first, last int) {
	room := max(s.height-7-len(s.detail()), 3)
	first = min(max(s.at-room/2, 0), max(len(s.rows)-room, 0))
	return first, min(first+room, len(s.rows))
}

// headLines are the lines of a screen besides what is said of a row and its answers: three rows among them.
const headLines = 10

// detail is what is said of the row that is looked at, and its answers.
func (s screen) detail() []string {
	r := s.rows[s.at]
	var out []string
	for _, text := range r.lines {
		out = append(out, wrap(report.Printable(text), s.width)...)
	}
	if most := max(s.height-headLines-len(r.options), 2); len(out) > most {
		out = append(out[:most-1], out[most-1]+" …")
	}
	for i, option := range r.options {
		dot := "( )"
		if i == r.choice {
			dot = "(•)"
		}
		more := ""
		if option == r.recommended {
			more = " (recommended)"
		}
		out = append(out, fmt.Sprintf("  %s %-16s %s%s", dot, option, r.does[option], more))
	}
	return out
}

// deleting is the part of what an answer does that says what it deletes.
func deleting(does string) string {
	if at := strings.Index(does, " (DELETES "); at >= 0 {
		return does[at:]
	}
	return ""
}

// wrap breaks a text at spaces.
func wrap(text string, width int) []string {
	var out []string
	for len([]rune(text)) > max(width, 20) {
		runes := []rune(text)
		cut := strings.LastIndex(string(runes[:max(width, 20)]), " ")
		if cut <= 0 {
			cut = len(string(runes[:max(width, 20)]))
		}
		out, text = append(out, text[:cut]), strings.TrimSpace(text[cut:])
	}
	return append(out, text)
}

// clip shortens a line to the width of the screen.
func (s screen) clip(text string) string {
	if runes := []rune(text); len(runes) > s.width {
		return string(runes[:cmp.Or(max(s.width-1, 0), 1)]) + "…"
	}
	return text
}
