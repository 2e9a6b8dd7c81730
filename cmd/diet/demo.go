package main

import (
	"cmp"
	"context"
	"crypto/rand"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/fatih/color"
	"github.com/urfave/cli/v2"

	"github.com/diet-project/diet/engine"
	"github.com/diet-project/diet/engine/report"
	"github.com/diet-project/diet/generate"
	"github.com/diet-project/diet/mirror"
	"github.com/diet-project/diet/mirror/kinds"
	"github.com/diet-project/diet/mirror/netbox"
	"github.com/diet-project/diet/mirror/sandbox"
)

//go:embed demo.yaml
var demoPlan string

func demoCommand() *cli.Command {
	return &cli.Command{
		Name:  "demo",
		Usage: "play the whole story: plan, sync, preview, apply, drift, growth",
		Description: `Starts a NetBox in-process, builds a fabric of 96 servers in it, lets a person
edit it by hand, shows how diet reports that, and grows the fabric to 128
servers. Nothing is left behind. With --on-netbox it runs against the NetBox of
--netbox-url and --token, which must have the tag ` + sandbox.Permit + `.

   diet demo
   diet demo --on-netbox --netbox-url http://127.0.0.1:8001`,
		Flags: []cli.Flag{
			&cli.BoolFlag{Name: "on-netbox", Usage: "play on a real test server instead of the sandbox"},
			&cli.StringFlag{
				Name: "person-token", EnvVars: []string{"NETBOX_PERSON_TOKEN"}, DefaultText: "none",
				Usage: "on a real server, the `TOKEN` of the person who edits by hand; diet's own if empty",
			},
			&cli.StringFlag{Name: "netbox-version", Usage: "NetBox `VERSION` that the sandbox imitates", Value: "4.6"},
		},
		Action: func(c *cli.Context) error {
			e, err := newEnv(c)
			if err != nil {
				return err
			}
			return playDemo(e)
		},
	}
}

// story is a running demo.
type story struct {
	*env
	ctx    context.Context
	dir    string
	eng    *engine.Engine
	person *netbox.Client // edits by hand
	text   report.Text
	key    string // of the plan
	step   int
}

func playDemo(e *env) (err error) {
	dir, remove, err := mirror.Scratch()
	if err != nil {
		return fmt.Errorf("start demo: %w", err)
	}
	defer func() { _ = remove() }()
	s := &story{env: e, ctx: e.cli.Context, dir: dir, text: e.text(), key: demoKey}
	baseURL, token, hand, err := s.stage()
	if err != nil {
		return err
	}
	if err := s.begin(baseURL, token, hand); err != nil {
		return err
	}
	defer func() { _ = s.eng.Close() }()
	if e.cli.Bool("on-netbox") {
		if err := s.mayPlay(); err != nil {
			return err
		}
		// The changelog remembers what an earlier demo deleted, and diet asks before it
		// recreates such objects: so the plan has another key each time.
		s.key = demoKey + "-" + strings.ToLower(rand.Text()[:6])
		defer func() { err = errors.Join(err, s.cleanUp()) }()
	}
	for _, act := range []func() error{s.build, s.nothing, s.edit, s.grow} {
		if err := act(); err != nil {
			return err
		}
	}
	return nil
}

// begin opens the engine for diet, and a client for the person who edits.
func (s *story) begin(base, token, hand string) (err error) {
	if s.person, err = netbox.New(netbox.Config{URL: base, Token: hand, UserAgent: "a person"}); err != nil {
		return err
	}
	s.eng, err = engine.New(s.ctx, engine.Config{
		URL: base, Token: token, Mirror: filepath.Join(s.dir, "diet.db"), Version: version,
		Progress: s.meter().apply, SyncProgress: s.meter().sync, Step: s.meter().step,
	})
	return err
}

// demoKey is the key of the demo's plan, and demoFile its file.
const (
	demoKey  = "web96"
	demoFile = "web96.yaml"
)

// id is the deterministic id of an object of the plan.
func (s *story) id(rest string) string { return s.key + "/" + rest }

// stage returns a NetBox to play on, with diet's token and a person's.
func (s *story) stage() (base, token, hand string, err error) {
	if s.cli.Bool("on-netbox") {
		base, token = s.cli.String("netbox-url"), s.cli.String("token")
		if base == "" {
			return "", "", "", engine.ErrNoNetBox
		}
		return base, token, cmp.Or(s.cli.String("person-token"), token), nil
	}
	token, hand = sandbox.DefaultToken, sandboxPerson
	server, err := sandbox.New(sandbox.Config{Version: s.cli.String("netbox-version"), Token: token, Tokens: map[string]string{hand: "maria"}})
	if err != nil {
		return "", "", "", usage("start sandbox: %w", err)
	}
	listener, err := (&net.ListenConfig{}).Listen(s.ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", "", "", fmt.Errorf("start sandbox: %w", err)
	}
	go func() { _ = serve(s.ctx, listener, server) }()
	s.head("Start a NetBox %s in-process, at http://%s", server.Version(), listener.Addr())
	return "http://" + listener.Addr().String(), token, hand, nil
}

// mayPlay refuses a server that is not marked as a test server.
func (s *story) mayPlay() error {
	ids, err := s.find("tag", url.Values{"slug": {sandbox.Permit}})
	if err != nil {
		return err
	}
	if len(ids) == 0 {
		return fmt.Errorf("refuse to run on %s: it has no tag %q, so it is not a test server", s.person.URL(), sandbox.Permit)
	}
	s.head("The NetBox at %s, which is tagged as a test server", s.person.URL())
	return nil
}

func (s *story) head(format string, args ...any) {
	s.step++
	bold := color.New(color.Bold)
	if !s.text.Color {
		bold.DisableColor()
	} else {
		bold.EnableColor()
	}
	fmt.Fprintf(s.out, "\n%s\n\n", bold.Sprintf("%d. %s", s.step, fmt.Sprintf(format, args...)))
}

func (s *story) tell(format string, args ...any) { fmt.Fprintf(s.out, format+"\n", args...) }

// plan writes the demo's plan with edits, and reads it back.
func (s *story) plan(edits ...string) (*generate.Plan, error) {
	path := filepath.Join(s.dir, demoFile)
	text := strings.NewReplacer(append(edits, "name: "+demoKey, "name: "+s.key)...).Replace(demoPlan)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		return nil, fmt.Errorf("write plan: %w", err)
	}
	return readPlan(path)
}

// build is the first run: it fills an empty NetBox.
func (s *story) build() error {
	plan, err := s.plan()
	if err != nil {
		return err
	}
	s.head("diet init, sync and preview: what a plan of 96 servers in 4 racks creates")
	if _, err := s.eng.Init(s.ctx); err != nil {
		return err
	}
	if _, err := s.eng.Sync(s.ctx, mirror.Options{}); err != nil {
		return err
	}
	p, err := s.eng.Preview(s.ctx, plan)
	if err != nil {
		return err
	}
	if err := s.text.Preview(p, false); err != nil {
		return err
	}
	s.head("diet apply %s", p.ID)
	start := time.Now()
	result, _, err := s.eng.Apply(s.ctx, plan, engine.ApplyOptions{Preview: p})
	if err != nil {
		return err
	}
	if err := s.text.Result(result); err != nil {
		return err
	}
	if len(result.Failed) > 0 {
		return &codeError{code: exitPartly}
	}
	s.tell("in %s, read back and verified", time.Since(start).Round(10*time.Millisecond))
	return nil
}

// nothing shows the law: the diff is empty, and a second apply sends no write.
func (s *story) nothing() error {
	plan, err := s.plan()
	if err != nil {
		return err
	}
	s.head("The same again: the diff is empty, and a second apply sends nothing")
	start := time.Now()
	result, p, err := s.eng.Apply(s.ctx, plan, engine.ApplyOptions{})
	if err != nil {
		return err
	}
	s.text.Changes(p.Set())
	if err := s.text.Result(result); err != nil {
		return err
	}
	s.tell("in %s", time.Since(start).Round(10*time.Millisecond))
	if result.Requests > 0 {
		return fmt.Errorf("the second apply sent %d requests", result.Requests)
	}
	return nil
}

// edit is something that the person does in NetBox.
type edit struct {
	text string
	do   func() error
}

// edits are what Maria does.
func (s *story) edits() []edit {
	return []edit{
		{"writes a description on ams2-web-0001 (the plan states none)", func() error {
			return s.patch("device", s.id("web[1]"), map[string]any{"description": "db primary, call maria first"})
		}},
		{"renames ams2-leaf-01 to core-left", func() error {
			return s.patch("device", s.id("dc.leaf[1]"), map[string]any{"name": "core-left"})
		}},
		{"deletes the cable of ams2-web-0007's lom-eth0", func() error {
			ids, err := s.find("cable", url.Values{"cf_diet_object_id": {s.id("web[7]/lom.eth0~")}})
			if err == nil {
				_, err = s.person.Delete(s.ctx, "cable", ids, netbox.Write{})
			}
			return err
		}},
		{"creates her own device ams2-web-0097, a name that the plan will need", s.handMade},
	}
}

// edit lets a person change NetBox, and shows what the policies decide.
func (s *story) edit() error {
	s.head("Maria edits NetBox by hand")
	for _, edit := range s.edits() {
		s.tell("  she %s", edit.text)
		if err := edit.do(); err != nil {
			return err
		}
	}
	s.head("diet diff: drift, separate from planned changes, with the verdict of the policies on each")
	plan, err := s.plan()
	if err != nil {
		return err
	}
	if _, err := s.eng.Sync(s.ctx, mirror.Options{}); err != nil {
		return err
	}
	p, err := s.eng.Preview(s.ctx, plan)
	if err != nil {
		return err
	}
	if err := s.text.Preview(p, false); err != nil {
		return err
	}
	s.tell("\ndiet diff \"SELECT kind, name, field, have, user FROM unmanaged\"")
	columns, rows, err := s.eng.Query(s.ctx, "SELECT kind, name, field, have, user FROM unmanaged", 0)
	if err != nil {
		return err
	}
	writeTable(s.out, "table", columns, rows)
	return nil
}

// grown are the edits of the plan by which it grows from 96 to 128 servers.
var grown = []string{
	"count: 4, units", "count: 6, units", "count: 96", "count: 128",
	"racks: 4", "racks: 6", "devices: 110", "devices: 148", "cables: 338", "cables: 458",
	"dc.leaf: 8", "dc.leaf: 12", "oob.tor: 4", "oob.tor: 6",
}

// grow takes the plan from 96 to 128 servers.
func (s *story) grow() error {
	s.head("The plan grows to 6 racks and 128 servers; nothing that was there is touched")
	plan, err := s.plan(grown...)
	if err != nil {
		return err
	}
	p, err := s.eng.Preview(s.ctx, plan)
	if err != nil {
		return err
	}
	if err := s.text.Preview(p, false); err != nil {
		return err
	}
	result, _, err := s.eng.Apply(s.ctx, plan, engine.ApplyOptions{Preview: p})
	if err != nil {
		return err
	}
	s.tell("")
	if err := s.text.Result(result); err != nil {
		return err
	}
	again, _, err := s.eng.Apply(s.ctx, plan, engine.ApplyOptions{})
	if err != nil {
		return err
	}
	if again.Requests > 0 {
		return fmt.Errorf("the second apply sent %d requests", again.Requests)
	}
	for _, o := range result.Updated {
		if o.Kind == "device" {
			return fmt.Errorf("growth updated device %s", o.Name)
		}
	}
	s.head("What is left is Maria's: her name for the leaf, her device, and a question about the cable")
	s.tell("diet never overwrites a person's edits unless a policy, or that person, says so.")
	return nil
}

// handMade creates the person's own device.
func (s *story) handMade() error {
	like, err := s.object("device", url.Values{"cf_diet_object_id": {s.id("web[1]")}})
	if err != nil {
		return err
	}
	_, err = s.person.Create(s.ctx, "device", []map[string]any{{
		"name": "ams2-web-0097", "site": like.Site.ID, "device_type": like.DeviceType.ID, "role": like.Role.ID, "comments": "maria's lab box",
	}}, netbox.Write{})
	return err
}

func (s *story) patch(kind, object string, fields map[string]any) error {
	ids, err := s.find(kind, url.Values{"cf_diet_object_id": {object}})
	if err != nil {
		return err
	}
	if len(ids) != 1 {
		return fmt.Errorf("find %s %q: %d found", kind, object, len(ids))
	}
	fields["id"] = ids[0]
	_, err = s.person.Update(s.ctx, kind, []map[string]any{fields}, netbox.Write{})
	return err
}

// found is what the story needs of an object.
type found struct {
	ID         int64              `json:"id"`
	Site       struct{ ID int64 } `json:"site"`
	DeviceType struct{ ID int64 } `json:"device_type"`
	Role       struct{ ID int64 } `json:"role"`
}

func (s *story) all(name string, query url.Values) ([]found, error) {
	kind, _ := kinds.Standard().Of(name)
	var out []found
	for page, err := range s.person.Pages(s.ctx, kind, query) {
		if err != nil {
			return nil, err
		}
		var body struct{ Results []found }
		if err := json.Unmarshal(page.Body, &body); err != nil {
			return nil, fmt.Errorf("read %s: %w", name, err)
		}
		out = append(out, body.Results...)
	}
	return out, nil
}

func (s *story) object(kind string, query url.Values) (found, error) {
	all, err := s.all(kind, query)
	if err != nil || len(all) == 0 {
		return found{}, fmt.Errorf("find %s %s: %d found, %w", kind, query.Encode(), len(all), err)
	}
	return all[0], nil
}

func (s *story) find(kind string, query url.Values) ([]int64, error) {
	all, err := s.all(kind, query)
	ids := make([]int64, len(all))
	for i, o := range all {
		ids[i] = o.ID
	}
	return ids, err
}

// cleanUp deletes the demo's objects from a real server.
func (s *story) cleanUp() error {
	s.head("Cleaning up")
	s.ctx = context.WithoutCancel(s.ctx)
	for _, what := range []struct {
		kind  string
		query url.Values
	}{
		{"cable", url.Values{"cf_diet_plan_id": {s.key}}},
		{"device", url.Values{"name": {"ams2-web-0097"}}},
		{"device", url.Values{"cf_diet_plan_id": {s.key}}},
		{"rack", url.Values{"cf_diet_plan_id": {s.key}}},
	} {
		ids, err := s.find(what.kind, what.query)
		if err != nil {
			return err
		}
		for start := 0; start < len(ids); start += 20 {
			some := ids[start:min(start+20, len(ids))]
			if _, err := s.person.Delete(s.ctx, what.kind, some, netbox.Write{Message: "diet demo cleans up"}); err != nil {
				return err
			}
		}
		s.tell("  %d %ss", len(ids), what.kind)
	}
	return nil
}
