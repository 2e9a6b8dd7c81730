package engine

import (
	"bufio"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"

	"github.com/diet-project/diet/engine/answer"
	"github.com/diet-project/diet/engine/approval"
	"github.com/diet-project/diet/generate"
	"github.com/diet-project/diet/mirror/store"
)

// CarriedVersion is the version of the format of a preview in a file.
const CarriedVersion = 1

// carriedFormat is what the format calls itself.
const carriedFormat = "diet-preview"

// largestCarried is how many bytes a preview in a file may have, unpacked: so many times those
// of the file, which is six times what diet's own are packed by, or as many as any may have.
const (
	largestCarried = 4 << 30
	mostPacked     = 100
	anyMayHave     = 64 << 20
)

// errBomb is a file that unpacks to far more than any preview does.
var errBomb = errors.New("it is packed more tightly than diet packs any")

// unpacked reads what is packed in a file, and no more than a preview may have.
type unpacked struct {
	zip *gzip.Reader
	in  *counted
	out int64
}

func (u *unpacked) Read(p []byte) (int, error) {
	n, err := u.zip.Read(p)
	if u.out += int64(n); u.out > min(largestCarried, max(anyMayHave, mostPacked*u.in.n)) {
		return n, errBomb
	}
	return n, err
}

// counted counts what is read.
type counted struct {
	io.Reader
	n int64
}

func (c *counted) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	c.n += int64(n)
	return n, err
}

// ErrAltered is returned for a file that does not hold what diet wrote into it.
var ErrAltered = errors.New("the file is altered or incomplete")

// Carried is the intent of a preview that came in a file: the answers are those of the file,
// and none that lie here.
type Carried struct {
	Intent
	Answers []answer.Answer
}

// carried is a preview in a file, as it stands there: gzip over JSON. docs/carried.md
// describes it.
type carried struct {
	Format  string                       `json:"format"`
	Version int                          `json:"version"`
	Diet    string                       `json:"diet_version"`
	NetBox  string                       `json:"netbox"`
	Digest  string                       `json:"digest"` // of all else
	Preview json.RawMessage              `json:"preview"`
	Lists   map[string][]json.RawMessage `json:"lists"`

	Approvals []approval.Signed `json:"approvals,omitempty"` // no part of the digest
}

func (c *carried) digest() string {
	return hashOf([]any{c.Format, c.Version, c.Diet, c.NetBox, c.Preview, c.Lists})
}

// ErrOtherApproved is returned where approvals are of another preview.
var ErrOtherApproved = errors.New("its approvals are of another preview")

// Carry writes a stored preview with all that it stands on, to be applied elsewhere: also with the
// approvals in a file that has it already, nil for none.
func (e *Engine) Carry(ctx context.Context, id string, approved *CarriedPreview, w io.Writer) error {
	address, err := e.netbox(ctx)
	if err != nil {
		return err
	}
	kept, err := e.store.Preview(ctx, address, id)
	if err != nil {
		return fmt.Errorf("carry preview: %w", err)
	}
	p, err := joined(kept)
	if err != nil {
		return fmt.Errorf("read preview %q: %w", id, err)
	}
	switch {
	case p.RollsBack != "" && p.past == nil:
		return fmt.Errorf("preview %s was stored by an earlier diet, without the journal of what it undoes: make a new one", id)
	case p.RollsBack == "" && p.Destroys == nil && p.planText == "":
		return fmt.Errorf("preview %s was stored by an earlier diet, without its plan: make a new one", id)
	}
	c := carriedOf(kept, e.cfg.Version)
	if c.Approvals, err = e.approvalsOf(ctx, id); err != nil {
		return err
	}
	c.Digest = c.digest()
	if approved != nil {
		if approved.file.Digest != c.Digest {
			return ErrOtherApproved
		}
		c.Approvals = union(c.Approvals, approved.signed)
	}
	return c.write(w)
}

// carriedOf is a stored preview as it stands in a file.
func carriedOf(kept store.Preview, diet string) carried {
	c := carried{
		Format: carriedFormat, Version: CarriedVersion, Diet: diet, NetBox: kept.NetBox,
		Preview: json.RawMessage(kept.Document), Lists: map[string][]json.RawMessage{},
	}
	for part, rows := range kept.Rows {
		for _, row := range rows {
			c.Lists[part] = append(c.Lists[part], json.RawMessage(row))
		}
	}
	return c
}

func (c *carried) write(w io.Writer) error {
	zip := gzip.NewWriter(w)
	if err := errors.Join(json.NewEncoder(zip).Encode(c), zip.Close()); err != nil {
		return fmt.Errorf("write preview: %w", err)
	}
	return nil
}

// IsCarried reports whether a file begins as a preview in a file does.
func IsCarried(r io.Reader) bool {
	var head [2]byte
	_, err := io.ReadFull(r, head[:])
	return err == nil && head == [2]byte{0x1f, 0x8b}
}

// CarriedPreview is a preview from a file, with what it was made for.
type CarriedPreview struct {
	*Preview
	Intent Intent
	NetBox string // the address
	Diet   string // the version that made it

	kept store.Preview
	file *carried
}

// ReadCarried reads a preview from a file. It fails with [ErrAltered] where that is not as diet
// wrote it. It needs no NetBox, and no store.
func ReadCarried(r io.Reader) (*CarriedPreview, error) {
	in := &counted{Reader: r}
	zip, err := gzip.NewReader(bufio.NewReader(in))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrAltered, err)
	}
	text, err := io.ReadAll(&unpacked{zip: zip, in: in})
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrAltered, err)
	}
	var c carried
	if err := json.Unmarshal(text, &c); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrAltered, err)
	}
	switch {
	case c.Format != carriedFormat:
		return nil, fmt.Errorf("%w: it is no preview of diet", ErrAltered)
	case c.Version != CarriedVersion:
		return nil, fmt.Errorf("the file is of version %d of the format, and this diet reads %d", c.Version, CarriedVersion)
	case c.Digest != c.digest():
		return nil, fmt.Errorf("%w: its digest is that of another content", ErrAltered)
	}
	return c.open()
}

// previewID is what the id of a preview looks like: it names pages and files.
var previewID = regexp.MustCompile(`^pv-[0-9a-z]+$`)

// open is the preview in a file whose digest is right.
func (c *carried) open() (*CarriedPreview, error) {
	if err := c.once(); err != nil {
		return nil, err
	}
	kept := store.Preview{NetBox: c.NetBox, Document: string(c.Preview), Rows: map[string][]string{}}
	for part, rows := range c.Lists {
		for _, row := range rows {
			kept.Rows[part] = append(kept.Rows[part], string(row))
		}
	}
	p, err := joined(kept)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrAltered, err)
	}
	if !previewID.MatchString(p.ID) {
		return nil, fmt.Errorf("%w: %q is no id of a preview", ErrAltered, p.ID)
	}
	kept.ID, kept.Plan, kept.CreatedAt, kept.PlanFile = p.ID, p.Plan, p.CreatedAt, p.PlanFile
	if slices.ContainsFunc(p.answers, func(a answer.Answer) bool { return a.Situation == "" }) {
		return nil, fmt.Errorf("%w: an answer in it says no situation", ErrAltered)
	}
	p.carried, p.digest, p.signed = true, c.Digest, c.Approvals
	var intent Intent
	switch {
	case p.RollsBack != "" && (p.past == nil || p.past.told.ID != p.RollsBack || p.Undone == nil):
		return nil, fmt.Errorf("%w: the run that it undoes is not in it", ErrAltered)
	case p.RollsBack != "":
		intent = Rollback{Run: p.RollsBack, Plan: *p.Undone, past: p.past}
	case p.Destroys == nil:
		plan, err := generate.Load(p.PlanFile, []byte(p.planText))
		if err != nil {
			return nil, fmt.Errorf("%w: %w", ErrAltered, err)
		}
		if plan.Imports() {
			return nil, fmt.Errorf("%w: its plan imports types, which a file does not carry: apply the plan itself", ErrAltered)
		}
		if info := plan.Info(); info.Digest != p.PlanDigest || info.Key != p.Plan {
			return nil, fmt.Errorf("%w: the plan in it is another one", ErrAltered)
		}
		intent = plan
	default:
		intent = Destruction{Plan: *p.Destroys}
	}
	intent = narrowedBy(p, Carried{Intent: intent, Answers: p.answers})
	return &CarriedPreview{Preview: p, Intent: intent, NetBox: c.NetBox, Diet: c.Diet, kept: kept, file: c}, nil
}

// once makes sure that the file has each change once, and the digest of each; and once at most what
// becomes of it with the approvals.
func (c *carried) once() error {
	known := make(map[string]bool, len(c.Lists[partDigests]))
	for _, row := range c.Lists[partDigests] {
		var d digestOf
		if err := json.Unmarshal(row, &d); err != nil {
			return fmt.Errorf("%w: %w", ErrAltered, err)
		}
		if known[d.Object] {
			return fmt.Errorf("%w: it has the digest of %q twice", ErrAltered, d.Object)
		}
		known[d.Object] = true
	}
	return errors.Join(
		c.eachOnce(partChanges, func(name string) bool { return known[name] }),
		c.eachOnce(partApproved, func(string) bool { return true })) // an approval may lead to others
}

// eachOnce makes sure that a list has no change twice, and only known ones.
func (c *carried) eachOnce(part string, known func(string) bool) error {
	seen := map[string]bool{}
	for _, row := range c.Lists[part] {
		var of struct{ Kind, Object string }
		if err := json.Unmarshal(row, &of); err != nil {
			return fmt.Errorf("%w: %w", ErrAltered, err)
		}
		name := of.Kind + " " + of.Object
		if seen[name] || !known(name) {
			return fmt.Errorf("%w: it has %q twice, or not its digest", ErrAltered, name)
		}
		seen[name] = true
	}
	return nil
}

// Accept makes sure that a preview from a file is for here, and stores it. It sends nothing.
func (e *Engine) Accept(ctx context.Context, p *CarriedPreview) error {
	if e.client == nil {
		return fmt.Errorf("preview %s is of the NetBox at %s: %w", p.ID, p.NetBox, ErrNoNetBox)
	}
	address, err := e.netbox(ctx)
	if err != nil {
		return err
	}
	switch {
	case address != p.NetBox:
		return fmt.Errorf("preview %s is of the NetBox at %s, and this is %s", p.ID, p.NetBox, address)
	case p.PolicyDigest != e.policies.Digest():
		return &StaleError{Preview: p.ID, Moved: []string{"the policies, which must be the same here,"}}
	case p.Diet != e.cfg.Version:
		return &StaleError{Preview: p.ID, Moved: []string{fmt.Sprintf("diet (%s made it, this is %s)", p.Diet, e.cfg.Version)}}
	}
	if p.Demanded == 0 { // where some are, what does not count is told along with what is missing
		for _, o := range e.bench().Judge(p.signed, p.ID, p.digest, e.now()) {
			if o.State.Wrong() {
				return fmt.Errorf("%w: an approval in it does not count: %s", ErrAltered, o.Why)
			}
		}
	}
	known, err := e.store.Preview(ctx, address, p.ID)
	switch {
	case errors.Is(err, store.ErrNotFound):
		if p.kept.Index, err = e.indexOf(p.Preview, &p.kept, nil); err == nil {
			err = e.store.KeepPreview(ctx, p.kept)
		}
	case err == nil && known.Document != p.kept.Document:
		err = fmt.Errorf("the store has another preview with the id %s", p.ID)
	}
	if err != nil {
		return err
	}
	return e.acceptApprovals(ctx, p.Preview)
}
