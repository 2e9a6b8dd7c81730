package main

import (
	"errors"
	"fmt"
	"io"
	"path/filepath"

	"github.com/diet-project/diet/engine/config"
	"github.com/diet-project/diet/mirror"
)

// serveDemo has diet serve show the demo's story: a fabric of 96 servers that Maria edited by
// hand, and a plan that has grown to 128 since. It returns what cleans up.
func (e *env) serveDemo() (clean func() error, err error) {
	dir, clean, err := mirror.Scratch()
	if err != nil {
		return nil, fmt.Errorf("start demo: %w", err)
	}
	quiet := *e
	quiet.out = io.Discard
	s := &story{env: &quiet, ctx: e.cli.Context, dir: dir, text: quiet.text(), key: demoKey}
	s.text.W = io.Discard
	base, token, err := s.prepare()
	if err == nil {
		err = s.drift()
	}
	if err != nil {
		return nil, errors.Join(err, clean())
	}
	e.config = config.Default()
	e.config.Plans = []config.Path{config.Path(filepath.Join(dir, demoFile))}
	e.config.Queries = map[string]string{
		"what people edited": "SELECT kind, name, field, base, have FROM drift",
		"edits by person":    "SELECT user, count(*) AS edits FROM blame WHERE actor = 'person' GROUP BY user ORDER BY edits DESC",
	}
	for name, value := range map[string]string{
		"netbox-url": base, "token": token, "mirror": filepath.Join(dir, "diet.db"), "store": filepath.Join(dir, "diet.store.db"),
		"resolutions": filepath.Join(dir, "resolutions.yaml"), "config": filepath.Join(dir, "diet.yaml"),
	} {
		err = errors.Join(err, e.cli.Set(name, value))
	}
	return clean, err
}

// prepare builds the fabric on a sandbox.
func (s *story) prepare() (base, token string, err error) {
	base, token, hand, err := s.stage()
	if err != nil {
		return "", "", err
	}
	if err := s.begin(base, token, hand); err != nil {
		return "", "", err
	}
	return base, token, s.build()
}

// drift lets Maria edit, and then the plan grow.
func (s *story) drift() (err error) {
	defer func() { err = errors.Join(err, s.eng.Close()) }()
	for _, edit := range s.edits() {
		if err := edit.do(); err != nil {
			return err
		}
	}
	plan, err := s.plan(grown...)
	if err != nil {
		return err
	}
	if _, err := s.eng.Sync(s.ctx, mirror.Options{}); err != nil {
		return err
	}
	_, err = s.eng.Diff(s.ctx, plan)
	return err
}
