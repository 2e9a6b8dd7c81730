package engine

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strings"

	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/generate"
	"github.com/diet-project/diet/mirror/store"
)

// Approved begins the names of the parts of an index that are of the preview with its approvals.
const Approved = "approved/"

// partDigest is the part of a preview's index with what approvals sign, and the diet that made it.
const partDigest = "digest"

// indexOf is what helps to look a preview through.
func (e *Engine) indexOf(p *Preview, kept *store.Preview, topo *generate.Topology) (index map[string][][]byte, err error) {
	if e.cfg.Index != nil {
		if index, err = e.cfg.Index(p, topo); err != nil {
			return nil, fmt.Errorf("index preview: %w", err)
		}
	}
	if index == nil {
		index = map[string][][]byte{}
	}
	if e.cfg.Index != nil && p.Outcome != nil {
		approved, err := e.cfg.Index(p.Approved(), topo)
		if err != nil {
			return nil, fmt.Errorf("index preview: %w", err)
		}
		for part, pieces := range approved {
			index[Approved+part] = pieces
		}
	}
	if p.Demanded > 0 {
		c := carriedOf(*kept, e.cfg.Version)
		index[partDigest] = [][]byte{[]byte(e.cfg.Version + "\n" + c.digest())}
	}
	return index, nil
}

// PreviewHead is LoadPreview without the lists of the preview, which may be long.
func (e *Engine) PreviewHead(ctx context.Context, id string) (*Preview, error) {
	address, err := e.netbox(ctx)
	if err != nil {
		return nil, err
	}
	return e.head(ctx, address, id)
}

// head is a preview of a NetBox without its lists, with its approvals.
func (e *Engine) head(ctx context.Context, address, id string) (*Preview, error) {
	kept, err := e.store.PreviewHead(ctx, address, id)
	if errors.Is(err, store.ErrNotFound) {
		return nil, e.noPreview(ctx, address, id)
	}
	if err != nil {
		return nil, err
	}
	p, err := joined(kept)
	if err != nil {
		return nil, fmt.Errorf("read preview %q: %w", id, err)
	}
	if p.signed, err = e.approvalsOf(ctx, id); err != nil || p.Demanded == 0 && len(p.signed) == 0 {
		return p, err
	}
	pieces, err := e.store.PreviewIndex(ctx, id, partDigest, 0, 0)
	if err != nil {
		return nil, err
	}
	for _, piece := range pieces {
		if by, digest, _ := strings.Cut(string(piece), "\n"); by == e.cfg.Version {
			p.digest = digest
			p.weigh(e.cfg.Call, e.bench(), e.now())
			return p, nil
		}
	}
	whole, err := e.store.Preview(ctx, address, id) // of another diet
	if err != nil {
		return nil, err
	}
	c := carriedOf(whole, e.cfg.Version)
	p.digest = c.digest()
	p.weigh(e.cfg.Call, e.bench(), e.now())
	return p, nil
}

// PreviewIndex are pieces of a part of what [Config.Index] made of a stored preview, from the
// first to the last, or, with -1, all that follow.
func (e *Engine) PreviewIndex(ctx context.Context, id, part string, first, last int) ([][]byte, error) {
	if last < 0 {
		last = math.MaxInt32
	}
	return e.store.PreviewIndex(ctx, id, part, first, last)
}

// PreviewChanges are some changes of a stored preview, by their numbers; with approved, of what
// becomes of it with its approvals.
func (e *Engine) PreviewChanges(ctx context.Context, id string, approved bool, numbers []int) (map[int]*change.Change, error) {
	part := partChanges
	if approved {
		part = partApproved
	}
	rows, err := e.store.PreviewRows(ctx, id, part, numbers)
	out := make(map[int]*change.Change, len(rows))
	for n, text := range rows {
		var c change.Change
		if err := json.Unmarshal([]byte(text), &c); err != nil {
			return nil, fmt.Errorf("read preview %q: %w", id, err)
		}
		out[n] = &c
	}
	return out, err
}
