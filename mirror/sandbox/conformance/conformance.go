package conformance

import (
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/diet-project/diet/mirror/sandbox"
)

// Target is the server to be tested.
type Target struct {
	BaseURL string
	// Token may write everything.
	Token string
	// ReadOnlyToken may read; empty skips what needs it.
	ReadOnlyToken string
}

// Live is the real server that the environment names: NETBOX_URL and
// NETBOX_TOKEN, and NETBOX_READONLY_TOKEN if there is one. It is false unless
// DIET_TEST_NETBOX is 1, as `make test-netbox` sets it, for the two are also
// set where nobody thinks of tests; and it ends the test where the server does
// not have the tag [sandbox.Permit].
func Live(t *testing.T) (Target, bool) {
	t.Helper()
	if os.Getenv("DIET_TEST_NETBOX") != "1" {
		return Target{}, false
	}
	target := Target{
		BaseURL: strings.TrimSuffix(os.Getenv("NETBOX_URL"), "/"),
		Token:   os.Getenv("NETBOX_TOKEN"), ReadOnlyToken: os.Getenv("NETBOX_READONLY_TOKEN"),
	}
	examine(t, target)
	return target, true
}

// Run asserts everything, each check in a subtest.
func Run(t *testing.T, target Target) {
	t.Helper()
	release := examine(t, target)
	for _, c := range checks() {
		t.Run(c.name, func(t *testing.T) {
			if release < c.since || c.until != 0 && release >= c.until {
				t.Skipf("not on 4.%d", release)
			}
			s := &suite{
				T: t, client: newClient(target.BaseURL, target.Token), target: target, release: release,
				prefix: fmt.Sprintf("ct%08x", rand.Uint32()),
			}
			c.run(s)
		})
	}
}

// examine reads the release of a server, and stops unless it may be tested.
func examine(t *testing.T, target Target) int {
	t.Helper()
	c := newClient(target.BaseURL, target.Token)
	r := c.do(t, "GET", "/api/status/", nil)
	version, _ := r.object()["netbox-version"].(string)
	parts := strings.Split(version, ".")
	if r.status != 200 || len(parts) < 2 || parts[0] != "4" {
		t.Fatalf("status of %s: %d %.200s", target.BaseURL, r.status, r.raw)
	}
	release, err := strconv.Atoi(parts[1])
	if err != nil {
		t.Fatalf("version %q: %v", version, err)
	}
	tags := c.do(t, "GET", "/api/extras/tags/?slug="+sandbox.Permit, nil)
	if n, _ := tags.object()["count"].(float64); n != 1 {
		t.Fatalf("%s has no tag %s: not a server for tests", target.BaseURL, sandbox.Permit)
	}
	return release
}

// check is one thing that servers do, in the releases since and before until.
type check struct {
	name  string
	since int
	until int
	run   func(*suite)
}

// checks lists all that is asserted.
func checks() []check {
	var all []check
	for _, part := range [][]check{
		accessChecks(), pageChecks(), filterChecks(), fieldChecks(), bulkChecks(), valueChecks(), deviceChecks(), rackChecks(),
		interfaceChecks(), cableChecks(), customChecks(), permissionChecks(), referrerChecks(), componentChecks(), edgeChecks(),
		tagChecks(), changeChecks(), etagChecks(), deletionChecks(), otherChecks(),
	} {
		all = append(all, part...)
	}
	return all
}
