package apply

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/sync/errgroup"

	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/mirror/netbox"
)

const (
	post   = "POST"
	patch  = "PATCH"
	remove = "DELETE"
)

// done is called for each object that has been written.
type done func(it *item, id int64)

// send writes items in batches as large as NetBox can take, some concurrently. An object that
// NetBox refuses is found by halving its batch until it is alone; the rest is written.
func (a *Applier) send(ctx context.Context, method, kind string, items []*item, ok done) error {
	list := &supply{feeds: feeds(method, kind, items, a.pace.size(method, kind), a.cfg.Parallel)}
	group, ctx := errgroup.WithContext(ctx)
	for range min(a.cfg.Parallel, len(items)) {
		group.Go(func() error {
			return list.drain(a.sizeOf(method, kind), func(batch []*item) error {
				defer a.progress(kind, len(batch))
				return a.bisect(ctx, method, kind, batch, ok)
			})
		})
	}
	return group.Wait()
}

// sizeOf tells how many objects to send in one request, which changes as NetBox answers.
func (a *Applier) sizeOf(method, kind string) func() int {
	return func() int { return a.pace.size(method, kind) }
}

func (a *Applier) progress(kind string, n int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.done += n
	a.cfg.Progress(Event{Phase: kind, Done: min(a.done, a.total), Total: a.total})
}

func (a *Applier) bisect(ctx context.Context, method, kind string, batch []*item, ok done) error {
	if len(batch) == 0 {
		return nil
	}
	if ctx.Err() != nil {
		return ErrInterrupted
	}
	if a.leaveBroken(method, kind, batch) {
		return nil
	}
	batch, err := a.unattached(ctx, method, batch)
	if err != nil || len(batch) == 0 {
		return err
	}
	batch, err = a.checked(ctx, method, kind, batch, ok)
	if err != nil || len(batch) == 0 {
		return err
	}
	batch, err = a.request(ctx, method, kind, batch, ok)
	var refused *netbox.Error
	var stop *stopError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &stop):
		return err
	case errors.Is(err, netbox.ErrPrecondition):
		return a.sendAgain(ctx, method, kind, batch, ok)
	case failing(err):
		return a.failed(ctx, method, kind, batch, err, ok)
	case errors.As(err, &refused) && refused.Unknown:
		return a.settle(ctx, method, kind, batch, err, ok)
	case refused == nil || hopeless(err) && !a.mayBeOne(err, batch):
		a.failAll(batch, err)
		return err
	case method == post && slices.ContainsFunc(batch, func(it *item) bool { return it.lost != "" }):
		return a.refuseAgain(ctx, kind, batch, err, ok)
	case len(batch) == 1:
		a.refuse(ctx, method, kind, batch[0], err, ok)
		return nil
	}
	return a.halve(ctx, method, kind, batch, ok)
}

// refuseAgain deals with objects that NetBox refuses, and whose first request got no answer: it
// may have been carried out after all, later than it should be, and what is there already is
// why NetBox refuses.
func (a *Applier) refuseAgain(ctx context.Context, kind string, batch []*item, cause error, ok done) error {
	landed, err := a.ask(ctx, post, kind, batch)
	if err != nil {
		a.failAll(batch, err)
		return err
	}
	var rest []*item
	for _, it := range batch {
		if it.lost = ""; landed[it] != 0 {
			a.wrote(it, landed[it], ok)
		} else {
			rest = append(rest, it)
		}
	}
	switch {
	case len(rest) == 0:
		return nil
	case len(rest) < len(batch):
		return a.bisect(ctx, post, kind, rest, ok)
	case len(rest) == 1:
		a.refuse(ctx, post, kind, rest[0], cause, ok)
		return nil
	}
	return a.halve(ctx, post, kind, rest, ok)
}

// halve sends the two halves of a batch that NetBox refused as a whole.
func (a *Applier) halve(ctx context.Context, method, kind string, batch []*item, ok done) error {
	half := len(batch) / 2
	if err := a.bisect(ctx, method, kind, batch[:half], ok); err != nil {
		return err
	}
	return a.bisect(ctx, method, kind, batch[half:], ok)
}

// hopeless reports an error that every other write would get too.
func hopeless(err error) bool {
	for _, all := range []error{netbox.ErrUnauthorized, netbox.ErrReadOnly, netbox.ErrUnreachable, netbox.ErrBusy} {
		if errors.Is(err, all) {
			return true
		}
	}
	return false
}

// deniedMost is how many objects in a row may be refused for lack of rights.
const deniedMost = 3

// mayBeOne reports whether rights may lack for single objects only, as the constraints of a
// permission have it. The third object in a row says that they lack for all.
func (a *Applier) mayBeOne(err error, batch []*item) bool {
	if !errors.Is(err, netbox.ErrReadOnly) {
		return false
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(batch) == 1 {
		a.denied++
	}
	return a.denied < deniedMost
}

// refuse records an object that NetBox refuses. From 4.7 on it refuses to delete what is
// already gone; that counts as deleted. A shared object that somebody else made meanwhile is
// taken as found.
func (a *Applier) refuse(ctx context.Context, method, kind string, it *item, cause error, ok done) {
	if method == remove {
		if versions, err := a.cfg.Reader.Versions(ctx, kind, []int64{it.id}); err == nil && versions[it.id] == "" {
			a.wrote(it, it.id, ok)
			return
		}
	}
	if method != remove && !owned(kind) && a.foundMeanwhile(ctx, kind, it) {
		return
	}
	a.fail(it.change, cause)
}

// checked drops the objects that somebody edited since they were compared. NetBox itself
// notices if If-Match names the version of every object, but not a write that leaves the
// version as it is: by SQL, or by QuerySet.update.
func (a *Applier) checked(ctx context.Context, method, kind string, batch []*item, ok done) ([]*item, error) {
	compared := func(it *item) bool { return it.change.Before != nil }
	if method == post || !owned(kind) || !slices.ContainsFunc(batch, compared) {
		return batch, nil
	}
	if !a.guarded(method, batch) {
		var err error
		if batch, err = a.unedited(ctx, method, kind, batch, ok); err != nil {
			return nil, err
		}
	}
	return a.intact(ctx, method, kind, batch, ok)
}

// intact compares the values of objects with those that the change was made for.
func (a *Applier) intact(ctx context.Context, method, kind string, batch []*item, ok done) ([]*item, error) {
	before, versions := map[int64]*change.Before{}, map[int64]string{}
	for _, it := range batch {
		versions[it.id] = it.version
		if it.change.Before != nil && !it.compared {
			before[it.id], it.compared = it.change.Before, true
		}
	}
	if len(before) == 0 {
		return batch, nil
	}
	a.again.Lock()
	defer a.again.Unlock()
	edited, err := a.cfg.Reader.Overwritten(ctx, kind, before)
	if err != nil {
		return nil, fmt.Errorf("read again: %w", err)
	}
	return a.keepUnedited(method, batch, versions, edited, ok), nil
}

// sendAgain sends a batch again in which an object does not have the version that
// If-Match named. That need not be an edit: cabling bumps interfaces. What still has the
// values that it was compared with is sent with its new version.
func (a *Applier) sendAgain(ctx context.Context, method, kind string, batch []*item, ok done) error {
	batch, err := a.unedited(ctx, method, kind, batch, ok)
	if err != nil || len(batch) == 0 {
		return err
	}
	for _, it := range batch {
		it.raced++
	}
	switch {
	case batch[0].raced <= races:
		return a.bisect(ctx, method, kind, batch, ok)
	case len(batch) > 1:
		return a.halve(ctx, method, kind, batch, ok)
	}
	a.fail(batch[0].change, errors.New("changes faster than it can be written: try again when NetBox is less busy"))
	return nil
}

// races is how often a batch is sent again because an object in it has moved, before
// looking for that object.
const races = 3

// request sends one batch, journaled before and after. It finishes even if the run is
// interrupted meanwhile. What was written is recorded even if the answer is an error;
// what was not is returned with it.
func (a *Applier) request(ctx context.Context, method, kind string, batch []*item, ok done) ([]*item, error) {
	if err := a.cfg.Ahead(ctx); err != nil {
		return nil, &stopError{err}
	}
	after, done := netbox.Linger(ctx)
	defer done()
	ctx = context.WithoutCancel(ctx)
	id, seq, err := a.announce(ctx, method, kind, batch)
	if err != nil {
		return nil, fmt.Errorf("write journal: %w", err)
	}
	began := a.cfg.Now()
	result, err := a.call(ctx, method, kind, batch, id)
	if err == nil {
		a.pace.answered(method, kind, len(batch), a.cfg.Now().Sub(began))
		a.works(method, kind)
	}
	ids := answered(method, kind, batch, result.Objects, err)
	if err == nil && slices.Contains(ids, 0) {
		err = short(method, kind, ids)
	}
	closed := a.cfg.Journal.Done(ctx, seq, result.RequestID, err)
	if method == remove && result.RequestID != "" {
		a.mourn(after, result.RequestID, batch)
	}
	for _, it := range batch {
		it.batch, it.seq = id, seq
	}
	var rest []*item
	for i, it := range batch {
		switch {
		case ids[i] != 0:
			a.wrote(it, ids[i], ok)
		case carriedOut(err) || closed != nil:
			a.fail(it.change, err)
		default:
			rest = append(rest, it)
		}
	}
	switch {
	case closed != nil:
		return nil, fmt.Errorf("write journal: %w", closed)
	case len(rest) == 0:
		return nil, nil
	}
	return rest, err
}

// announce numbers a request and journals it.
func (a *Applier) announce(ctx context.Context, method, kind string, batch []*item) (id string, seq int64, err error) {
	r := a.entry(method, kind, batch)
	a.mu.Lock()
	defer a.mu.Unlock()
	a.seq++
	id = fmt.Sprintf("%s/%d%s", a.cfg.Run, a.seq, byline(a.cfg.By))
	r.Batch = id
	if seq, err = a.cfg.Journal.Sent(ctx, r); err == nil {
		a.result.Requests++
	}
	return id, seq, err
}

// byline names in a changelog message on whose behalf it is written. A long name is cut, so
// that the message stays whole: by it a request is found again.
func byline(by string) string {
	by = strings.Join(strings.FieldsFunc(by, func(r rune) bool { return unicode.IsControl(r) || unicode.IsSpace(r) }), " ")
	if by == "" {
		return ""
	}
	const most = 64
	if runes := []rune(by); len(runes) > most {
		by = strings.TrimSpace(string(runes[:most]))
	}
	return " by " + by
}

// entry is the journal entry of a request.
func (a *Applier) entry(method, kind string, batch []*item) Request {
	r := Request{Method: method, Kind: kind, Guarded: a.guarded(method, batch)}
	for _, it := range batch {
		r.Objects = append(r.Objects, it.change.Object)
		if method == remove {
			r.Payload = append(r.Payload, it.id)
		} else {
			r.Payload = append(r.Payload, it.payload)
		}
		var was *Prior
		if it.change.Before != nil && method != post {
			was = a.prior(it.change)
		}
		r.Inverse = append(r.Inverse, was)
	}
	return r
}

// guarded reports whether a request names the version of every object.
func (a *Applier) guarded(method string, batch []*item) bool {
	return a.cfg.IfMatch && method != post && !slices.ContainsFunc(batch, func(it *item) bool { return it.version == "" })
}

func (a *Applier) wrote(it *item, id int64, ok done) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.ids[it.change.Object] = id
	a.denied = 0
	a.note(it.change, id)
	ok(it, id)
}

func (a *Applier) call(ctx context.Context, method, kind string, batch []*item, id string) (netbox.Result, error) {
	opt := netbox.Write{Message: "diet " + id}
	if a.guarded(method, batch) {
		for _, it := range batch {
			opt.IfMatch = append(opt.IfMatch, netbox.ETag(it.version))
		}
	}
	if method == remove {
		ids := make([]int64, len(batch))
		for i, it := range batch {
			ids[i] = it.id
		}
		return a.cfg.Writer.Delete(ctx, kind, ids, opt)
	}
	payloads := make([]map[string]any, len(batch))
	for i, it := range batch {
		payloads[i] = it.payload
	}
	if method == post {
		return a.cfg.Writer.Create(ctx, kind, payloads, opt)
	}
	return a.cfg.Writer.Update(ctx, kind, payloads, opt)
}

// unedited drops the objects that somebody edited since they were compared, and takes
// over the new version of those that merely moved: cabling bumps interfaces. Nothing is
// overwritten unseen.
func (a *Applier) unedited(ctx context.Context, method, kind string, batch []*item, ok done) ([]*item, error) {
	if method == post || !owned(kind) {
		return batch, nil
	}
	versions, edited, err := a.compare(ctx, kind, batch)
	if err != nil {
		return nil, err
	}
	return a.keepUnedited(method, batch, versions, edited, ok), nil
}

// compare reads the versions of objects and, of those that moved, which have other
// values than they were compared with, or than this run itself left.
func (a *Applier) compare(ctx context.Context, kind string, batch []*item) (map[int64]string, map[int64]*change.Blame, error) {
	ids := make([]int64, 0, len(batch))
	for _, it := range batch {
		ids = append(ids, it.id)
	}
	versions, err := a.cfg.Reader.Versions(ctx, kind, ids)
	if err != nil {
		return nil, nil, fmt.Errorf("read versions: %w", err)
	}
	moved := map[int64]*change.Before{}
	for _, it := range batch {
		if v, ok := versions[it.id]; ok && v != it.version && (it.change.Before != nil || it.lost != "") {
			moved[it.id] = cmp.Or(it.change.Before, &change.Before{})
		}
	}
	if len(moved) == 0 {
		return versions, nil, nil
	}
	a.again.Lock()
	defer a.again.Unlock()
	edited, err := a.cfg.Reader.Changed(ctx, kind, moved)
	if err != nil {
		return nil, nil, fmt.Errorf("read again: %w", err)
	}
	return versions, edited, nil
}

func (a *Applier) keepUnedited(method string, batch []*item, versions map[int64]string, edited map[int64]*change.Blame, ok done) []*item {
	var keep []*item
	for _, it := range batch {
		version, there := versions[it.id]
		blame, hit := edited[it.id]
		switch {
		case !there && method == remove:
			a.wrote(it, it.id, a.deleted) // gone already
		case !there:
			a.fail(it.change, errors.New("was deleted while the run went on"))
		case hit && it.wrote(blame):
			a.wrote(it, it.id, ok)
		case hit:
			a.fail(it.change, fmt.Errorf("was edited %s: preview again", how(blame)))
		default:
			it.version = version
			keep = append(keep, it)
		}
	}
	return keep
}

// how says what is known of an edit.
func how(b *change.Blame) string {
	const meanwhile = "while the run went on"
	switch {
	case b != nil && b.Past:
		return "past NetBox's API, and its changelog says neither by whom nor when"
	case b == nil || b.User == "":
		return meanwhile
	case b.Actor == change.ActorDiet:
		return meanwhile + ", by another run of diet"
	}
	return meanwhile + ", by " + b.User
}

func (a *Applier) failAll(batch []*item, err error) {
	for _, it := range batch {
		a.fail(it.change, err)
	}
}

// fail records an object that could not be written; what needs it is left out.
func (a *Applier) fail(c *change.Change, err error) {
	var need *NeedError
	o := outcome(c, 0)
	o.Reason = err.Error()
	a.mu.Lock()
	defer a.mu.Unlock()
	a.bad[c.Object] = "could not be written"
	if errors.As(err, &need) {
		a.bad[c.Object] = "waits for " + need.Object
		a.cause[c.Object] = cmp.Or(a.cause[need.Object], need.Object)
		o.Cause = a.cause[c.Object]
		a.result.Skipped = append(a.result.Skipped, o)
		return
	}
	a.result.Failed = append(a.result.Failed, o)
	a.result.Errors = append(a.result.Errors, Failure{Object: c.Object, Kind: c.Kind, Error: err.Error()})
}
