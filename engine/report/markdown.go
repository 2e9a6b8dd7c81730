package report

import (
	"fmt"
	"html"
	"io"
	"slices"
	"strings"

	"github.com/diet-project/diet/engine"
	"github.com/diet-project/diet/engine/call"
	"github.com/diet-project/diet/engine/change"
)

// CommentLimit is how many characters a comment on a pull request may have on GitHub, the
// least of the forges.
const CommentLimit = 65536

// Markdown writes previews for a pull request: a head line, what waits for a person with the
// command that answers it, and the rest folded. What NetBox and plans call things stands in
// code only, where a forge neither notifies people nor draws links or pictures.
type Markdown struct {
	W io.Writer

	// Limit is how many bytes are written at most. Defaults to [CommentLimit].
	Limit int

	// Call are the settings of the commands that are named.
	Call call.Flags
}

// Previews writes all previews as one document. What does not fit is counted, and said.
func (m Markdown) Previews(all []*engine.Preview) error {
	limit := m.Limit
	if limit == 0 {
		limit = CommentLimit
	}
	for i, p := range all {
		text := page(p, limit/(len(all)-i), m.Call)
		limit -= len(text)
		if _, err := io.WriteString(m.W, text); err != nil {
			return fmt.Errorf("write output: %w", err)
		}
	}
	return nil
}

// page is one preview in at most so many bytes.
func page(p *engine.Preview, limit int, as call.Flags) string {
	set := printable(p.Set())
	p = printable(p)
	var out strings.Builder
	fmt.Fprintf(&out, "## diet: plan %s\n\n%s\n", code(p.Plan), headline(p))
	shows := as.Command("preview", p.ID)
	texts, cut := fit(blocks(p, set), limit-out.Len()-lastWords-len(shows))
	for _, text := range texts {
		out.WriteString(text)
	}
	out.WriteString(leftOut(cut, shows))
	return out.String()
}

// lastWords is the room for what is said about the parts that were cut.
const lastWords = 400

// fit shows as many blocks as there is room for, in their order. The questions have half of the room
// where the rest needs it too; then comes what acts and drifts, and last what is told for
// information.
func fit(list []block, room int) (texts []string, cut []block) {
	texts = make([]string, len(list))
	for i := range list {
		if b := &list[i]; !b.open && len(b.brief()) <= room {
			b.named, room = true, room-len(b.brief())
		}
	}
	show := func(least int, is func(b *block) bool) {
		for i := range list {
			b := &list[i]
			if texts[i] == "" && is(b) && b.beyond() <= room-least {
				texts[i], room = b.full(), room-b.beyond()
			}
		}
	}
	open := func(b *block) bool { return b.open }
	show(room/2, open)
	show(0, func(b *block) bool { return !b.open && !b.aside })
	room = shorten(list, texts, room)
	show(0, open)
	show(0, func(b *block) bool { return b.aside })
	for i := range list {
		b := &list[i]
		if texts[i] == b.full() {
			continue
		}
		if short := b.brief(); texts[i] == "" && (b.named || len(short) <= room) {
			if texts[i] = short; !b.named {
				room -= len(short)
			}
		}
		b.dropped = texts[i] == ""
		cut = append(cut, *b)
	}
	return texts, cut
}

// beyond is the room that a block takes, of what is kept for its title.
func (b block) beyond() int {
	if b.named {
		return len(b.full()) - len(b.brief())
	}
	return len(b.full())
}

// shorten shows the first lines of what acts and drifts and does not fit as a whole.
func shorten(list []block, texts []string, room int) int {
	for i := range list {
		b := list[i]
		if texts[i] != "" || b.open || b.aside {
			continue
		}
		body := b.body
		frame := b.beyond() - len(body) + len(more)
		end := strings.LastIndexByte(body[:max(0, min(len(body), room-frame))], '\n')
		if end <= 0 {
			continue
		}
		b.body = body[:end+1] + more
		texts[i], room = b.full(), room-b.beyond()
	}
	return room
}

// more ends a block of which there is more.
const more = "… and more\n"

// leftOut says what does not fit.
func leftOut(cut []block, shows string) string {
	if len(cut) == 0 {
		return ""
	}
	dropped, objects := 0, 0
	for _, b := range cut {
		objects += b.objects
		if b.dropped {
			dropped++
		}
	}
	return fmt.Sprintf("\n**Cut, because a comment has a limit:** %s, with %s; %d of them not even by name. `%s` shows all.\n",
		amount(len(cut), "group"), amount(objects, "object"), dropped, shows)
}

// headline says in a line what would be done, and what waits.
func headline(p *engine.Preview) string {
	var line strings.Builder
	Text{W: &line}.summary(p.Summary, tally(p)...)
	parts := []string{"**" + strings.TrimSpace(line.String()) + "**"}
	if n := len(p.Questions); n > 0 {
		parts = append(parts, "✋ "+Plural(n, "question waits", "questions wait")+" for a person")
	}
	if p.Denied() {
		parts = append(parts, "⛔ denied by policy")
	}
	if n := len(p.Findings); n > 0 {
		parts = append(parts, amount(n, "finding"))
	}
	return strings.Join(parts, " · ") + " · preview " + code(p.ID) + html.EscapeString(about(p))
}

// block is a part of the page that is shown whole, or by its title, or not.
type block struct {
	title   string // HTML
	body    string // goes into a code block
	lang    string
	open    bool // not folded
	aside   bool // for information: nothing comes of it
	objects int
	named   bool // there is room for its title
	dropped bool
}

func (b block) full() string {
	if b.open {
		return "\n" + b.title + "\n\n" + fenced(b.lang, b.body)
	}
	return fmt.Sprintf("\n<details><summary>%s</summary>\n\n%s\n</details>\n", b.title, fenced(b.lang, b.body))
}

func (b block) brief() string { return "\n- " + b.title + " (cut)\n" }

// fenced is a code block, which nothing in it can end.
func fenced(lang, body string) string {
	fence := "```"
	for strings.Contains(body, fence) {
		fence += "`"
	}
	return fence + lang + "\n" + strings.TrimRight(body, "\n") + "\n" + fence + "\n"
}

// code is a short text as code in HTML: there a name cannot call on people.
func code(text string) string { return "<code>" + inline(text) + "</code>" }

// inline is a text for HTML, in a line of Markdown: none of its characters means anything.
func inline(text string) string {
	var out strings.Builder
	for _, r := range text {
		if strings.ContainsRune("\\`*_[]~|&<>\"'@#:!", r) {
			fmt.Fprintf(&out, "&#%d;", r)
		} else {
			out.WriteRune(r)
		}
	}
	return out.String()
}

// blocks are the parts of a page, what a person has to look at first.
func blocks(p *engine.Preview, set *change.Set) []block {
	out := waiting(p, set)
	add := func(title string, n int, write func(Text)) {
		var body strings.Builder
		write(Text{W: &body, Full: true})
		if body.Len() > 0 {
			out = append(out, block{title: title, body: body.String(), lang: "text", objects: n})
		}
	}
	add("Findings", len(p.Findings), func(t Text) { t.findings(brief(p.Findings), "") })
	out = append(out, folded(set, (*change.Change).Acts, "")...)
	if with := promisedBy(p); with != nil {
		out = append(out, folded(with, (*change.Change).Acts, "once approved: ")...)
	}
	drift := func(c *change.Change) bool {
		return c.Action == change.None || c.Class == change.Missing || c.PerField()
	}
	add("Drift: what people changed in NetBox", countOf(set, drift), func(t Text) { t.drift(set) })
	out = append(out, folded(set, engine.Stalled, "held: ")...)
	told := len(out)
	out = append(out, folded(set, unneeded, "not needed yet: ")...)
	add("Accepted: what a person let stand", countOf(set, (*change.Change).Accepted), func(t Text) { t.accepted(set) })
	add("Skipped: left as they are", countOf(set, skips), func(t Text) { t.skipped(set) })
	add("Edits in fields that no plan owns", len(p.Unmanaged), func(t Text) { t.unmanaged(p.Unmanaged) })
	add("Policies", 0, func(t Text) { t.Policies(p.Deciders()) })
	for i := range out[told:] {
		out[told+i].aside = true
	}
	return out
}

// brief are findings without the objects of those that are about many: a comment has a limit.
func brief(list []change.Notice) []change.Notice {
	const many = 50
	out := slices.Clone(list)
	for i := range out {
		if len(out[i].Objects) > many {
			out[i].Objects = nil
		}
	}
	return out
}

func skips(c *change.Change) bool { return c.Verdict.Decision == change.DecisionSkip }

func countOf(set *change.Set, is func(*change.Change) bool) int {
	n := 0
	for i := range set.Changes {
		if is(&set.Changes[i]) {
			n++
		}
	}
	return n
}

// waiting are the questions, each with its command, what is denied, and the verdict on the
// preview as a whole.
func waiting(p *engine.Preview, set *change.Set) []block {
	var out []block
	if p.Verdict.Waits() {
		var body strings.Builder
		t := Text{W: &body}
		for _, v := range wholes(p) {
			t.verdict(v)
			t.wholeAnswers(p, v)
		}
		out = append(out, block{title: "✋ **The preview as a whole waits**", body: body.String(), lang: "text", open: true})
	}
	if a := p.Approvals; a != nil {
		var body strings.Builder
		Text{W: &body}.approvals(p)
		title := "✍ **Approvals: " + html.EscapeString(approvalsText(a)) + "**"
		out = append(out, block{title: title, body: body.String(), lang: "text", open: true})
	}
	for _, a := range asks(p, set) {
		out = append(out, a.block(set))
	}
	for _, d := range denials(p, set, false) {
		var body strings.Builder
		Text{W: &body}.denial(set, d)
		body.WriteString(members(group{changes: d.changes}, ""))
		title := fmt.Sprintf("⛔ **%s**", inline(d.what()))
		out = append(out, block{title: title, body: body.String(), lang: "text", open: true, objects: len(d.changes)})
	}
	return out
}

// block is a question as it stands on the page.
func (a ask) block(set *change.Set) block {
	var body strings.Builder
	Text{W: &body}.question(set, a.question, a.about)
	what := strings.TrimSpace(amount(len(a.about), a.question.Kind) + " " + inline(a.question.Field))
	title := fmt.Sprintf("%s **%s**", signOf(a.question.Verdict), what)
	return block{title: title, body: body.String(), lang: "text", open: true, objects: len(a.about)}
}

// folded are the changes that read the same, a fold each.
func folded(set *change.Set, keep func(*change.Change) bool, word string) []block {
	var out []block
	for _, g := range fold(set, false, keep) {
		c := g.changes[0]
		title := fmt.Sprintf("%s%s %s %s", word, html.EscapeString(signs[c.Action]), amount(len(g.changes), c.Kind), verb(c))
		var body strings.Builder
		t := Text{W: &body}
		switch {
		case c.Held != "":
			t.contents(set, g.changes)
		case tellsFields(c):
			t.fields(set, g.changes)
		}
		if c.Held != "" {
			fmt.Fprintf(&body, "      held: %s\n", heldText(g.changes))
		}
		body.WriteString(members(g, signs[c.Action]+" "))
		out = append(out, block{
			title: title + ": " + code(examples(g.changes)), body: body.String(), lang: "diff", objects: len(g.changes),
		})
	}
	return out
}

// members names the objects of a group, up to a number.
func members(g group, sign string) string {
	const most = 200
	var out strings.Builder
	for i, c := range g.changes {
		if i == most {
			fmt.Fprintf(&out, "… and %d more\n", len(g.changes)-most)
			break
		}
		fmt.Fprintf(&out, "%s%s\n", sign, label(c))
	}
	return out.String()
}
