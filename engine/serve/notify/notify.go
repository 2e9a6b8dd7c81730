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
	n := &Notifier{cfg: cfg}
	var wrong []error
	names := map[string]bool{}
	for i := range cfg.Rules {
		r := cfg.Rules[i].withDefaults()
		err := r.check()
		if names[r.Name] {
			err = errors.Join(err, fmt.Errorf("two notifications are called %q", r.Name))
		}
		names[r.Name] = true
		for at, address := range r.URLs {
			err = errors.Join(err, checkAddress(r.Name, address))
			name := r.Name
			if at > 0 {
				name += fmt.Sprintf(" #%d", at+1)
			}
			n.channels = append(n.channels, channel{name, &r, address})
		}
		wrong = append(wrong, err)
	}
	return n, errors.Join(wrong...)
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
	return max(0, last.Add(c.rule.Every).Sub(n.cfg.Now()))
}

// observe is Observe for a channel. What has passed in part is forgotten silently, so that it
// is told when it comes again.
func (n *Notifier) observe(ctx context.Context, b Book, c channel, f *Facts) (due bool, err error) {
	known, err := b.Notices(ctx, c.name)
	if err != nil {
		return false, err
	}
	var stand, forget []engine.Notice
	for topic, standing := range c.rule.standing(f) {
		one := engine.Notice{Rule: c.name, Plan: f.Plan, Topic: topic}
		for _, k := range known {
			if k.Plan == f.Plan && k.Topic == topic {
				one = k
			}
		}
		if !maps.Equal(one.Standing, standing) {
			one.Standing = standing
			stand = append(stand, one)
		}
		if still := common(one.Said, standing); len(standing) > 0 && len(still) < len(one.Said) {
			one.Said = still
			forget = append(forget, one)
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

// common are the texts of what is in both.
func common(said, standing map[string]string) map[string]string {
	out := map[string]string{}
	for key, text := range said {
		if _, both := standing[key]; both {
			out[key] = text
		}
	}
	return out
}

// newsworthy reports whether a topic has something that was not said, or is over.
func newsworthy(k *engine.Notice) bool {
	return len(news(k)) > 0 || len(k.Said) > 0 && len(k.Standing) == 0
}

// news is what stands and was not said.
func news(k *engine.Notice) map[string]string {
	out := map[string]string{}
	for key, text := range k.Standing {
		if _, said := k.Said[key]; !said {
			out[key] = text
		}
	}
	return out
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
		if newsworthy(&known[i]) && c.rule.covers(known[i].Plan) {
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
		fresh[i].Said, fresh[i].SaidAt = fresh[i].Standing, n.cfg.Now()
	}
	return b.Say(ctx, fresh)
}

// link is the page of a plan, "" without pages.
func (n *Notifier) link(plan string) string {
	if n.cfg.URL == "" {
		return ""
	}
	return strings.TrimRight(n.cfg.URL, "/") + "/plans/" + url.PathEscape(plan)
}

// byPlan orders notices for a message.
func byPlan(a, b engine.Notice) int {
	return cmp.Or(cmp.Compare(a.Plan, b.Plan), cmp.Compare(a.Topic, b.Topic))
}
