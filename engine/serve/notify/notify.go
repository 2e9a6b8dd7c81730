package notify

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"strings"
	"time"

	"github.com/diet-project/diet/engine"
)

// Book keeps what stands and what was said; an [*engine.Engine] is one.
type Book interface {
	Notices(ctx context.Context, rule string) ([]engine.Notice, error)
	Stand(ctx context.Context, all []engine.Notice) error
	Say(ctx context.Context, all []engine.Notice) error
}

// Config configures a [Notifier].
type Config struct {
	Rules []Rule

	// URL is where people reach the pages, "" if there are none.
	URL string

	// Send sends a message to an address. Defaults to shoutrrr.
	Send func(ctx context.Context, address, title, text string) error

	// Wrong says where something of a rule stands that is wrong. Optional.
	Wrong func(rule int, key string, why error) error

	// Sent is told of each attempt to send. Optional.
	Sent func(rule string, err error)

	// Now returns the current time. Defaults to time.Now.
	Now func() time.Time
}

// Notifier tells people what happens.
type Notifier struct {
	cfg      Config
	channels []channel
}

// channel is a rule with one of its addresses: each is told by itself, so that one which cannot
// be reached does not have the others told twice.
type channel struct {
	name    string
	rule    *Rule
	address string
}

// Due says that there is something to say on a channel, and how long to wait before it is.
type Due struct {
	Channel string
	After   time.Duration
}

// New checks the rules.
func New(cfg Config) (*Notifier, error) {
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Send == nil {
		cfg.Send = Send
	}
	if cfg.Sent == nil {
		cfg.Sent = func(string, error) {}
	}
	if cfg.Wrong == nil {
		cfg.Wrong = func(rule int, key string, why error) error {
			return fmt.Errorf("notification %q: %s: %w", cfg.Rules[rule].Name, key, why)
		}
	}
	n := &Notifier{cfg: cfg}
	var all []error
	names := map[string]bool{}
	for i := range cfg.Rules {
		r := cfg.Rules[i].withDefaults()
		for _, w := range r.check() {
			all = append(all, cfg.Wrong(i, w.key, w.why))
		}
		if names[r.Name] {
			all = append(all, cfg.Wrong(i, "name", fmt.Errorf("two notifications are called %q", r.Name)))
		}
		names[r.Name] = true
		for at, address := range r.URLs {
			name := r.Name
			if at > 0 {
				name += fmt.Sprintf(" #%d", at+1)
			}
			n.channels = append(n.channels, channel{name, &r, address})
		}
	}
	return n, errors.Join(all...)
}

// Observe notes what there is to say about a plan by now, and returns the channels on which
// something is to be said.
func (n *Notifier) Observe(ctx context.Context, b Book, f *Facts) ([]Due, error) {
	var out []Due
	for _, c := range n.channels {
		if !c.rule.covers(f.Plan) {
			continue
		}
		due, err := n.observe(ctx, b, c, f)
		if err != nil {
			return out, err
		}
		if due {
			known, err := b.Notices(ctx, c.name)
			if err != nil {
				return out, err
			}
			out = append(out, Due{c.name, max(c.rule.Group, n.rest(c, known))})
		}
	}
	return out, nil
}

// rest is how long a channel has yet to be silent.
func (n *Notifier) rest(c channel, known []engine.Notice) time.Duration {
	var last time.Time
	for _, k := range known {
		if k.SaidAt.After(last) {
			last = k.SaidAt
		}
	}
	if last.IsZero() {
		return 0
	}
	return min(c.rule.Every, max(0, last.Add(c.rule.Every).Sub(n.cfg.Now()))) // a clock may have been ahead
}

// observe is Observe for a channel.
func (n *Notifier) observe(ctx context.Context, b Book, c channel, f *Facts) (due bool, err error) {
	known, err := b.Notices(ctx, c.name)
	if err != nil {
		return false, err
	}
	var stand, forget []engine.Notice
	answered := f.answered()
	for topic, standing := range c.rule.standing(f) {
		one := engine.Notice{Rule: c.name, Plan: f.Plan, Topic: topic}
		if topic == netboxTopic {
			one.Plan = "" // it is away for all
		}
		for _, k := range known {
			if k.Plan == one.Plan && k.Topic == topic {
				one = k
			}
		}
		if said := heard(&one, standing, answered); len(said) < len(one.Said) {
			one.Said = said
			forget = append(forget, one)
		}
		if !maps.Equal(one.Standing, standing) {
			one.Standing = standing
			stand = append(stand, one)
		}
		due = due || newsworthy(&one)
	}
	if len(stand) > 0 {
		err = b.Stand(ctx, stand)
	}
	if len(forget) > 0 {
		err = errors.Join(err, b.Say(ctx, forget))
	}
	return due, err
}

// Tell says on a channel what there is to say. Where that cannot be sent, it is there to be
// said the next time.
func (n *Notifier) Tell(ctx context.Context, b Book, name string) error {
	for _, c := range n.channels {
		if c.name == name {
			return n.tell(ctx, b, c)
		}
	}
	return nil // the rule is gone
}

func (n *Notifier) tell(ctx context.Context, b Book, c channel) error {
	known, err := b.Notices(ctx, c.name)
	if err != nil {
		return err
	}
	var fresh []engine.Notice
	for i := range known {
		if newsworthy(&known[i]) && (known[i].Topic == netboxTopic || c.rule.covers(known[i].Plan)) {
			fresh = append(fresh, known[i])
		}
	}
	if len(fresh) == 0 {
		return nil
	}
	title, text := compose(fresh, n.link)
	err = n.cfg.Send(ctx, c.address, title, text)
	n.cfg.Sent(c.rule.Name, err)
	if err != nil {
		return fmt.Errorf("tell %s: %w", c.name, redacted(err, c.address))
	}
	for i := range fresh {
		fresh[i].Said, fresh[i].SaidAt = saidNow(&fresh[i]), n.cfg.Now()
	}
	return b.Say(ctx, fresh)
}

// link is the page of a plan, of all for "", and "" without pages.
func (n *Notifier) link(plan string) string {
	if n.cfg.URL == "" {
		return ""
	}
	home := strings.TrimRight(n.cfg.URL, "/") + "/"
	if plan == "" {
		return home
	}
	return home + "plans/" + url.PathEscape(plan)
}

// byPlan orders notices for a message.
func byPlan(a, b engine.Notice) int {
	return cmp.Or(cmp.Compare(a.Plan, b.Plan), cmp.Compare(a.Topic, b.Topic))
}
