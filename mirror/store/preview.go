package store

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"github.com/jmoiron/sqlx"
)

// KeepPreview implements [Store].
func (s *database) KeepPreview(ctx context.Context, p Preview) error {
	return s.transact(ctx, func(tx *sqlx.Tx) error {
		if err := s.exec(ctx, tx, "store/preview_insert", p); err != nil {
			return err
		}
		for _, part := range slices.Sorted(maps.Keys(p.Rows)) {
			if err := s.keepRows(ctx, tx, p.ID, part, p.Rows[part]); err != nil {
				return err
			}
		}
		return s.keepIndex(ctx, tx, p)
	})
}

// keepIndex stores the index of a preview.
func (s *database) keepIndex(ctx context.Context, tx *sqlx.Tx, p Preview) error {
	for _, part := range slices.Sorted(maps.Keys(p.Index)) {
		for seq, data := range p.Index[part] {
			args := map[string]any{"preview": p.ID, "part": part, "seq": seq, "data": data}
			if err := s.exec(ctx, tx, "store/preview_index_insert", args); err != nil {
				return err
			}
		}
	}
	return nil
}

// keepRows stores a list of a preview, some thousand rows at a time.
func (s *database) keepRows(ctx context.Context, tx *sqlx.Tx, preview, part string, rows []string) error {
	first := 0
	for some := range slices.Chunk(rows, 5000) {
		text, err := json.Marshal(some)
		if err != nil {
			return fmt.Errorf("encode preview: %w", err)
		}
		args := map[string]any{"preview": preview, "part": part, "first": first, "rows": string(text)}
		if err := s.exec(ctx, tx, "store/preview_row_insert", args); err != nil {
			return err
		}
		first += len(some)
	}
	return nil
}

// PreviewHead implements [Store].
func (s *database) PreviewHead(ctx context.Context, netbox, id string) (Preview, error) {
	found, err := read[Preview](ctx, s, "store/preview_get", map[string]any{"netbox": netbox, "id": id})
	if err == nil && len(found) == 0 {
		err = fmt.Errorf("preview %q: %w", id, ErrNotFound)
	}
	return first(found), err
}

// PreviewRows implements [Store].
func (s *database) PreviewRows(ctx context.Context, id, part string, numbers []int) (map[int]string, error) {
	if len(numbers) == 0 {
		return map[int]string{}, nil
	}
	list, err := json.Marshal(numbers)
	if err != nil {
		return nil, fmt.Errorf("read preview: %w", err)
	}
	rows, err := read[struct {
		Seq      int    `db:"seq"`
		Document string `db:"document"`
	}](ctx, s, "store/preview_row_some", map[string]any{"id": id, "part": part, "numbers": string(list)})
	out := map[int]string{}
	for _, r := range rows {
		out[r.Seq] = r.Document
	}
	return out, err
}

// PreviewIndex implements [Store].
func (s *database) PreviewIndex(ctx context.Context, id, part string, first, last int) ([][]byte, error) {
	return read[[]byte](ctx, s, "store/preview_index_get", map[string]any{"id": id, "part": part, "first": first, "last": last})
}

// Preview implements [Store].
func (s *database) Preview(ctx context.Context, netbox, id string) (Preview, error) {
	p, err := s.PreviewHead(ctx, netbox, id)
	if err != nil {
		return Preview{}, err
	}
	rows, err := read[struct {
		Part     string `db:"part"`
		Document string `db:"document"`
	}](ctx, s, "store/preview_row_list", map[string]any{"id": id})
	p.Rows = map[string][]string{}
	for _, r := range rows {
		p.Rows[r.Part] = append(p.Rows[r.Part], r.Document)
	}
	return p, err
}

// Previews implements [Store].
func (s *database) Previews(ctx context.Context, plan string, most int) ([]Listed, error) {
	return read[Listed](ctx, s, "store/preview_list", map[string]any{"plan": plan, "most": limited(most)})
}

// FoundStale implements [Store].
func (s *database) FoundStale(ctx context.Context, id string, moved []byte) error {
	return s.write(ctx, "store/preview_stale", map[string]any{"id": id, "data": moved})
}

// Approve implements [Store].
func (s *database) Approve(ctx context.Context, a Approval) error {
	return s.write(ctx, "store/approval_put", a)
}

// Approvals implements [Store].
func (s *database) Approvals(ctx context.Context, preview string) ([]string, error) {
	return read[string](ctx, s, "store/approval_list", map[string]any{"id": preview})
}
