package store

import (
	"context"

	"github.com/jmoiron/sqlx"
)

// Notice is what a notification rule has said of a topic of a plan, and what stands.
type Notice struct {
	NetBox   string `db:"netbox"`
	Rule     string `db:"rule"`
	Plan     string `db:"plan"`
	Topic    string `db:"topic"`
	Standing string `db:"standing"` // JSON object
	Said     string `db:"said"`     // JSON object
	SaidAt   string `db:"said_at"`
}

// Stand implements [Store].
func (s *database) Stand(ctx context.Context, all []Notice) error {
	return s.each(ctx, "store/notice_stand", all)
}

// Say implements [Store].
func (s *database) Say(ctx context.Context, all []Notice) error {
	return s.each(ctx, "store/notice_said", all)
}

// each runs a statement for each of several notices.
func (s *database) each(ctx context.Context, statement string, all []Notice) error {
	return s.transact(ctx, func(tx *sqlx.Tx) error {
		for _, n := range all {
			if err := s.exec(ctx, tx, statement, n); err != nil {
				return err
			}
		}
		return nil
	})
}

// Notices implements [Store].
func (s *database) Notices(ctx context.Context, netbox, rule string) ([]Notice, error) {
	return read[Notice](ctx, s, "store/notice_list", map[string]any{"netbox": netbox, "rule": rule})
}

// Scheduled is when the schedule of a plan last had a task done.
type Scheduled struct {
	NetBox string `db:"netbox"`
	Plan   string `db:"plan"`
	Task   string `db:"task"`
	At     string `db:"at"`
}

// Schedule implements [Store].
func (s *database) Schedule(ctx context.Context, done Scheduled) error {
	return s.write(ctx, "store/schedule_put", done)
}

// Schedules implements [Store].
func (s *database) Schedules(ctx context.Context, netbox string) ([]Scheduled, error) {
	return read[Scheduled](ctx, s, "store/schedule_list", map[string]any{"netbox": netbox})
}
