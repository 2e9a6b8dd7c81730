package main

import (
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"github.com/diet-project/diet/mirror/mirrortest"
	"github.com/diet-project/diet/mirror/store/storetest"
)

// TestServiceKilled kills diet watch while it applies: the next one goes on, and nothing is
// there twice. So does another one with a mirror of its own, where they share a store in
// PostgreSQL.
func TestServiceKilled(t *testing.T) {
	t.Parallel()
	for _, shared := range []bool{false, true} {
		t.Run(fmt.Sprintf("shared %t", shared), func(t *testing.T) {
			t.Parallel()
			g := newGround(t)
			next := []string{"watch", "--once"}
			if shared {
				g.env = append(g.env, "DIET_STORE="+storetest.Postgres(t))
				next = append(next, "--mirror", "other.db")
			}
			g.done("apply", "--yes", "plan.yaml")
			g.write("diet.yaml", "plans: [more.yaml]\nschedules: [{apply: 0 0 1 1 *}]\n")
			g.gate.hold(0, false, is("POST", "/dcim/devices/"))
			p := g.start("watch", "--once", "--all")
			p.await(g.gate.reached, "the request")
			p.signal(syscall.SIGKILL)
			_ = p.end()
			g.gate.open()
			if said := g.done(next...); !strings.Contains(said, "apply web: done, run-") || !strings.Contains(said, "in_sync") {
				t.Errorf("the next one: %s", said)
			}
			if said := g.done("watch", "--once"); said != "nothing is due\n" {
				t.Errorf("then: %s", said)
			}
			if ended := g.runs(); ended != "done interrupted done" {
				t.Errorf("the runs ended %s", ended)
			}
			journal := g.done("sql", "-q", "-o", "csv",
				"SELECT count(*), count(DISTINCT run) FROM journal JOIN run ON run.id = journal.run WHERE run.status = 'interrupted'")
			if strings.HasSuffix(journal, "\n0,0\n") {
				t.Errorf("nothing is left of what was killed: %s", journal)
			}
			g.finishes("more.yaml")
		})
	}
}

// TestServiceStopped interrupts diet watch while it applies: it finishes the request, gives
// the plan back, and the next one goes on.
func TestServiceStopped(t *testing.T) {
	t.Parallel()
	g := newGround(t)
	g.done("apply", "--yes", "plan.yaml")
	g.write("diet.yaml", "plans: [more.yaml]\nschedules: [{apply: 0 0 1 1 *}]\n")
	g.gate.hold(0, true, is("POST", "/dcim/devices/"))
	p := g.start("watch", "--once", "--all")
	p.await(g.gate.reached, "the request")
	p.signal(syscall.SIGTERM)
	p.until(finishing)
	g.gate.open()
	if code := p.end(); code != exitInterrupted {
		t.Errorf("exit %d: %s", code, p.said())
	}
	g.free()
	if said := g.done("watch", "--once"); !strings.Contains(said, "apply web: done, run-") || !strings.Contains(said, "in_sync") {
		t.Errorf("the next one: %s", said)
	}
	g.finishes("more.yaml")
}

var servedAt = regexp.MustCompile(`"address":"(http://[^"]+)"`)

// TestServe serves health, readiness and metrics, checks what is due, and ends when it is told
// to.
func TestServe(t *testing.T) {
	t.Parallel()
	g := newGround(t)
	g.env = append(g.env, "HOOK=s3cret-s3cret-s3cret")
	g.write("diet.yaml", "plans: [plan.yaml]\nserve: {hooks: {git: \"${HOOK}\"}}\n")
	p := g.start("--json", "serve", "--listen", "127.0.0.1:0")
	p.until(`"msg":"serve"`)
	address := servedAt.FindStringSubmatch(p.said())
	if address == nil {
		t.Fatalf("it does not say where: %s", p.said())
	}
	get := func(method, path string, header ...string) string {
		t.Helper()
		r, err := http.NewRequestWithContext(t.Context(), method, address[1]+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		if len(header) == 2 {
			r.Header.Set(header[0], header[1])
		}
		res, err := mirrortest.Client.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = res.Body.Close() }()
		text, err := io.ReadAll(res.Body)
		if err != nil {
			t.Fatal(err)
		}
		return fmt.Sprintf("%d %s", res.StatusCode, text)
	}
	p.until(`"kind":"check","plan":"web","result":"done"`)
	for _, tt := range []struct{ got, want string }{
		{get("GET", "/healthz"), "200 ok"},
		{get("GET", "/readyz"), "200 ready"},
		{get("GET", "/metrics"), "diet_build_info"},
		{get("POST", "/hooks/git", "X-Gitlab-Token", "s3cret-s3cret-s3cret"), "202 plans to be checked: 1"},
		{get("POST", "/hooks/git", "X-Gitlab-Token", "guessed"), "403 "},
		{get("POST", "/hooks/netbox"), "4"}, // without a secret there is none
	} {
		if !strings.Contains(tt.got, tt.want) {
			t.Errorf("got %.200s, want %s", tt.got, tt.want)
		}
	}
	p.signal(syscall.SIGTERM)
	if code := p.end(); code != exitDone {
		t.Errorf("exit %d: %s", code, p.said())
	}
	for _, secret := range []string{dietToken, "s3cret"} {
		if strings.Contains(p.said(), secret) {
			t.Errorf("the log holds %s", secret)
		}
	}
}
