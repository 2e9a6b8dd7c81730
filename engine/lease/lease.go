// Package lease lets one run at a time write the objects of a plan, on whatever
// machines.
//
// The lease on a plan is a tag in NetBox, whose slug is unique there: who creates it
// holds it. Its description names the run, and when the lease runs out by NetBox's clock.
// A request is sent only while the lease lasts longer than NetBox may take to carry it
// out, so that nothing of a run can be written any more once its lease has run out.
package lease

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"net/url"
	"strconv"
	"sync"
	"time"

	"github.com/diet-project/diet/mirror/kinds"
	"github.com/diet-project/diet/mirror/netbox"
)

// NetBox is what holds the lease; a [*netbox.Client] is one.
type NetBox interface {
	Probe(ctx context.Context) (netbox.Server, error)
	Pages(ctx context.Context, kind kinds.Kind, query url.Values) iter.Seq2[netbox.Page, error]
	Create(ctx context.Context, kind string, items []map[string]any, opt netbox.Write) (netbox.Result, error)
	Update(ctx context.Context, kind string, items []map[string]any, opt netbox.Write) (netbox.Result, error)
	Delete(ctx context.Context, kind string, ids []int64, opt netbox.Write) (netbox.Result, error)
}

// Kind is that of a lease in NetBox.
const Kind = "tag"

// Config says who wants the lease on what.
type Config struct {
	NetBox NetBox
	Plan   string // its key
	Run    string
	Host   string // the machine, as its network knows it
	User   string // who works on it

	// Term is how long NetBox may take to carry out a request.
	Term time.Duration

	// Known reports whether the journal of a run is at hand: then what it left open
	// can be settled at once.
	Known func(ctx context.Context, run string) (bool, error)
}

// ErrLost ends a run whose lease is gone.
var ErrLost = errors.New("the lease on the plan is gone: another run took it over, or somebody deleted its tag")

// ErrRights is a token that may not write tags.
var ErrRights = errors.New("the token may not write tags, and the lease on a plan is a tag: " +
	"grant it extras.add_tag, extras.change_tag and extras.delete_tag, or pass --no-lease")

// HeldError says who holds the lease.
type HeldError struct {
	Plan, Slug string
	Holder     Holder // the zero holder where the tag is no lease
}

// Error names the holder.
func (e *HeldError) Error() string {
	if e.Holder.Run == "" {
		return fmt.Sprintf("the tag %s has the slug of the lease on plan %q, but is not a lease", e.Slug, e.Plan)
	}
	return fmt.Sprintf("plan %q is being written by %s, until %s at the latest", e.Plan, e.Holder, e.Holder.Until.UTC().Format(time.RFC3339))
}

// Hint says what to do.
func (e *HeldError) Hint() string {
	if e.Holder.Run == "" {
		return "delete that tag in NetBox"
	}
	return "try again when it is done; a run that was killed holds the plan until then"
}

// Lease is held by this process.
type Lease struct {
	cfg  Config
	slug string
	id   int64

	why error // the last attempt to take it failed so

	// guarded says that NetBox honours If-Match: of a renewal and a takeover at the same
	// time only one succeeds, so that a lease that ran out while nobody took it lives on.
	guarded bool

	mu   sync.Mutex
	lost error
	stop context.CancelFunc
	kept sync.WaitGroup
}

// tag is the lease as NetBox has it.
type tag struct {
	ID          int64  `json:"id"`
	Description string `json:"description"`
	LastUpdated string `json:"last_updated"`
}

// attempts is how often a lease that is let go meanwhile is asked for.
const attempts = 5

// Take creates the lease, taking it over from a holder that is gone. It fails with a
// [*HeldError] where another run holds it.
func Take(ctx context.Context, cfg Config) (*Lease, error) {
	l := &Lease{cfg: cfg, slug: Slug(cfg.Plan)}
	err := l.take(ctx)
	if err == nil {
		err = ctx.Err()
	}
	if err == nil {
		return l, nil
	}
	if l.id != 0 {
		err = errors.Join(err, l.letGo(ctx))
	}
	return nil, err
}

func (l *Lease) take(ctx context.Context) error {
	for range attempts {
		server, err := l.cfg.NetBox.Probe(ctx)
		if err != nil {
			return err
		}
		if server.Now.IsZero() {
			return errors.New("NetBox does not tell its time, which a lease needs: let the Date header pass, or use --no-lease")
		}
		l.guarded = server.Caps.IfMatch
		held, _, err := l.read(ctx, url.Values{"slug": {l.slug}})
		if err != nil {
			return err
		}
		if held == nil {
			held = l.create(ctx, server.Now)
		}
		switch done, err := l.claim(ctx, held, server.Now); {
		case err != nil || done:
			return err
		case errors.Is(l.why, ErrRights):
			return l.why
		}
	}
	return fmt.Errorf("take the lease on plan %q: %w", l.cfg.Plan, l.why)
}

// letGo gives back what was taken for nothing: the command was interrupted meanwhile.
func (l *Lease) letGo(ctx context.Context) error {
	ctx, done := netbox.Linger(ctx)
	defer done()
	return l.Release(ctx)
}

// claim keeps what this run created, and clears away what nobody holds any more.
func (l *Lease) claim(ctx context.Context, held *tag, now time.Time) (bool, error) {
	if held == nil {
		return false, nil
	}
	holder := Read(held.Description)
	if holder.Run == l.cfg.Run {
		l.id = held.ID
		l.keep()
		return true, nil
	}
	gone, err := l.gone(ctx, holder, now)
	switch {
	case err != nil:
		return false, err
	case !gone:
		return false, &HeldError{Plan: l.cfg.Plan, Slug: l.slug, Holder: holder}
	}
	_, err = l.cfg.NetBox.Delete(ctx, Kind, []int64{held.ID}, l.write(held))
	l.why = rights(err)
	return false, nil // whatever came of it: the tag is read again
}

// gone reports whether a holder can write no more: its lease has run out, or its process
// is gone and its journal at hand.
func (l *Lease) gone(ctx context.Context, h Holder, now time.Time) (bool, error) {
	switch {
	case h.Run == "":
		return false, nil
	case now.After(h.Until):
		return true, nil
	case !h.Dead(l.cfg.Host):
		return false, nil
	}
	return l.cfg.Known(ctx, h.Run)
}

// create makes the tag, or returns the one that was made meanwhile.
func (l *Lease) create(ctx context.Context, now time.Time) *tag {
	item := map[string]any{"name": l.slug, "slug": l.slug, "description": l.description(now)}
	made, err := l.cfg.NetBox.Create(context.WithoutCancel(ctx), Kind, []map[string]any{item}, l.write(nil))
	if err == nil && len(made.Objects) == 1 {
		l.id = made.Objects[0].ID
	}
	ctx, done := netbox.Linger(ctx)
	defer done()
	held, _, failed := l.read(ctx, url.Values{"slug": {l.slug}})
	l.why = cmp.Or(rights(err), failed)
	return held
}

// rights names the rights that are missing where NetBox refuses a write for that.
func rights(err error) error {
	if errors.Is(err, netbox.ErrReadOnly) || errors.Is(err, netbox.ErrNotFound) {
		return ErrRights
	}
	return err
}

func (l *Lease) write(held *tag) netbox.Write {
	w := netbox.Write{Message: Message + " " + l.cfg.Run}
	if held != nil {
		w.IfMatch = []string{netbox.ETag(held.LastUpdated)}
	}
	return w
}

// Message begins what the changelog says of a lease.
const Message = "diet lease"

func (l *Lease) description(now time.Time) string {
	until := now.Add(l.term() + slack)
	return Holder{Run: l.cfg.Run, Host: l.cfg.Host, User: l.cfg.User, Until: until, Process: own()}.text()
}

// slack is how much longer than a request a lease is made to last: a machine may be slow.
const slack = 30 * time.Second

// term is how long a lease must last for a request to be sent. NetBox tells its time in
// whole seconds.
func (l *Lease) term() time.Duration { return l.cfg.Term + time.Second }

// read returns the tag that matches, nil for none, and NetBox's time.
func (l *Lease) read(ctx context.Context, query url.Values) (*tag, time.Time, error) {
	held, now, err := readTag(ctx, l.cfg.NetBox, query)
	if err != nil {
		return nil, time.Time{}, fmt.Errorf("read the lease on plan %q: %w", l.cfg.Plan, err)
	}
	return held, now, nil
}

// readTag returns the tag of NetBox that matches, nil for none, and NetBox's time.
func readTag(ctx context.Context, on NetBox, query url.Values) (*tag, time.Time, error) {
	query.Set("fields", "id,description,last_updated")
	kind, _ := kinds.Standard().Of(Kind)
	for page, err := range on.Pages(ctx, kind, query) {
		var body struct {
			Results []tag `json:"results"`
		}
		if err == nil {
			err = json.Unmarshal(page.Body, &body)
		}
		if err != nil {
			return nil, time.Time{}, err
		}
		if len(body.Results) == 1 {
			return &body.Results[0], page.Date, nil
		}
	}
	return nil, time.Time{}, nil
}

// Check makes sure that the lease is held, for long enough to send a request. The nil
// lease, of a run without one, is always held.
func (l *Lease) Check(ctx context.Context) error {
	if l == nil {
		return nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	for range attempts {
		held, err := l.renew(ctx)
		if err != nil || held {
			return err
		}
	}
	return fmt.Errorf("the lease on plan %q cannot be renewed", l.cfg.Plan)
}

// renew reads the lease, and writes it anew where it will not last. It reports whether it
// lasts.
func (l *Lease) renew(ctx context.Context) (bool, error) {
	if l.lost != nil {
		return false, l.lost
	}
	held, now, err := l.read(ctx, url.Values{"id": {strconv.FormatInt(l.id, 10)}})
	if err != nil {
		return false, err
	}
	if held == nil {
		l.lost = ErrLost
		return false, l.lost
	}
	holder := Read(held.Description)
	switch {
	case holder.Run != l.cfg.Run || now.After(holder.Until) && !l.guarded:
		l.lost = ErrLost
		return false, l.lost
	case holder.Until.Sub(now) >= max(l.term(), slack/2): // where terms are short, time enough to renew it
		return true, nil
	}
	_, err = l.cfg.NetBox.Update(ctx, Kind, []map[string]any{{"id": l.id, "description": l.description(now)}}, l.write(held))
	if errors.Is(err, netbox.ErrReadOnly) || errors.Is(err, netbox.ErrNotFound) && l.stands(ctx) {
		return false, ErrRights
	}
	return false, nil // whatever came of it: the tag is read again
}

// stands reports whether the tag is there: up to 4.6 NetBox passes over what a token may
// not write.
func (l *Lease) stands(ctx context.Context) bool {
	held, _, err := l.read(ctx, url.Values{"id": {strconv.FormatInt(l.id, 10)}})
	return err == nil && held != nil
}

// keep renews the lease while nothing is sent for long.
func (l *Lease) keep() {
	held.Store(l.cfg.Run, true)
	ctx, stop := context.WithCancel(context.Background())
	l.stop = stop
	l.kept.Go(func() {
		for netbox.Sleep(ctx, max(l.cfg.Term/4, time.Second)) == nil {
			_ = l.Check(ctx) // who sends a request is told
		}
	})
}

// Tag is the NetBox id of the lease; 0 for the nil lease.
func (l *Lease) Tag() int64 {
	if l == nil {
		return 0
	}
	return l.id
}

// Release gives the lease up. One that is gone already is no error.
func (l *Lease) Release(ctx context.Context) error {
	if l == nil {
		return nil
	}
	if l.stop != nil {
		l.stop()
	}
	l.kept.Wait()
	held.Delete(l.cfg.Run)
	var last error
	for range attempts {
		tag, _, err := l.read(ctx, url.Values{"id": {strconv.FormatInt(l.id, 10)}})
		if err != nil || tag == nil {
			return err
		}
		if _, err = l.cfg.NetBox.Delete(ctx, Kind, []int64{l.id}, l.write(nil)); err == nil {
			return nil
		}
		until := Read(tag.Description).Until.UTC().Format(time.RFC3339)
		last = fmt.Errorf("release the lease on plan %q, which lasts until %s: %w", l.cfg.Plan, until, rights(err))
		if errors.Is(last, ErrRights) {
			break
		}
	}
	return last
}
