package approval_test

import (
	"crypto/ed25519"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/ssh"

	"github.com/diet-project/diet/engine/approval"
)

func newSigner(tb testing.TB) ssh.Signer {
	tb.Helper()
	_, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		tb.Fatal(err)
	}
	signer, err := ssh.NewSignerFromKey(private)
	if err != nil {
		tb.Fatal(err)
	}
	return signer
}

func authorized(s ssh.Signer) string { return string(ssh.MarshalAuthorizedKey(s.PublicKey())) }

// TestJudge counts an approval of this very preview by each approver once, and says of any
// other what is wrong with it.
func TestJudge(t *testing.T) {
	t.Parallel()
	alice, hers, bob, eve := newSigner(t), newSigner(t), newSigner(t), newSigner(t)
	approvers, err := approval.ReadApprovers(map[string][]string{"alice": {authorized(alice), authorized(hers)}, "bob": {authorized(bob)}})
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 11, 27, 12, 0, 0, 0, time.UTC)
	sign := func(by ssh.Signer, edit func(*approval.Statement)) approval.Signed {
		s := approval.Statement{Version: approval.Version, Preview: "pv-1", Digest: "d", SignedAt: "2026-11-27T11:00:00Z"}
		edit(&s)
		signed, err := approval.Sign(s, by)
		if err != nil {
			t.Fatal(err)
		}
		return signed
	}
	as := func(*approval.Statement) {}
	other := sign(bob, as)
	other.Statement = strings.Replace(other.Statement, "11:00", "11:01", 1)
	swapped := sign(alice, as)
	swapped.Signature = sign(eve, as).Signature
	for _, tt := range []struct {
		name string
		all  []approval.Signed
		want []approval.State
	}{
		{"two people", []approval.Signed{sign(alice, as), sign(bob, as)}, []approval.State{approval.Valid, approval.Valid}},
		{"one by two keys", []approval.Signed{sign(alice, as), sign(hers, as)}, []approval.State{approval.Valid, approval.Repeated}},
		{"a stranger", []approval.Signed{sign(eve, as)}, []approval.State{approval.Stranger}},
		{"a stranger's signature of it", []approval.Signed{swapped}, []approval.State{approval.Stranger}},
		{"another preview", []approval.Signed{sign(bob, func(s *approval.Statement) { s.Preview = "pv-2" })}, []approval.State{approval.Foreign}},
		{"another version", []approval.Signed{sign(bob, func(s *approval.Statement) { s.Version = 2 })}, []approval.State{approval.Foreign}},
		{"altered", []approval.Signed{sign(bob, func(s *approval.Statement) { s.Digest = "e" })}, []approval.State{approval.Altered}},
		{"expired", []approval.Signed{
			sign(bob, func(s *approval.Statement) { s.Expires = "2026-11-27T12:00:00Z" }),
			sign(alice, func(s *approval.Statement) { s.Expires = "soon" }),
			sign(bob, func(s *approval.Statement) { s.Expires = "2026-11-27T12:00:01Z" }),
		}, []approval.State{approval.Expired, approval.Expired, approval.Valid}},
		{"forged", []approval.Signed{other, {}, {Statement: "{}", Signature: "x"}},
			[]approval.State{approval.Forged, approval.Forged, approval.Forged}},
	} {
		var got []approval.State
		for _, o := range approvers.Judge(tt.all, "pv-1", "d", now) {
			got = append(got, o.State)
			if (o.Why == "") != (o.State == approval.Valid) {
				t.Errorf("%s: %s says %q", tt.name, o.State, o.Why)
			}
		}
		if !slices.Equal(got, tt.want) {
			t.Errorf("%s: got %v, want %v", tt.name, got, tt.want)
		}
	}
}

// TestReadApprovers refuses what is no one person's key.
func TestReadApprovers(t *testing.T) {
	t.Parallel()
	key := authorized(newSigner(t))
	for name, keys := range map[string]map[string][]string{
		"a key of two people": {"alice": {key}, "bob": {key}},
		"no key":              {"alice": {"alice"}},
		"two keys in one":     {"alice": {key + authorized(newSigner(t))}},
		"options":             {"alice": {`from="10.0.0.1" ` + key}},
	} {
		if _, err := approval.ReadApprovers(keys); err == nil {
			t.Errorf("%s is accepted", name)
		}
	}
}

// TestJudgeServer counts what a server signs for those who were logged in, each once, and
// lets no other key name who approves.
func TestJudgeServer(t *testing.T) {
	t.Parallel()
	alice, server, eve := newSigner(t), newSigner(t), newSigner(t)
	approvers, err := approval.ReadApprovers(map[string][]string{"alice": {authorized(alice)}})
	if err != nil {
		t.Fatal(err)
	}
	if approvers, err = approvers.WithServers(authorized(server)); err != nil {
		t.Fatal(err)
	}
	sign := func(by ssh.Signer, who string) approval.Signed {
		signed, err := approval.Sign(approval.Statement{Version: approval.Version, Preview: "pv-1", Digest: "d", By: who}, by)
		if err != nil {
			t.Fatal(err)
		}
		return signed
	}
	all := []approval.Signed{
		sign(server, "bob"), sign(server, "carol"), sign(server, "bob"), sign(server, "alice"), sign(alice, ""), sign(server, ""),
		sign(eve, "dave"), sign(alice, "dave"),
	}
	var got []string
	for _, o := range approvers.Judge(all, "pv-1", "d", time.Now()) {
		got = append(got, o.Who+" "+string(o.State))
	}
	want := []string{
		"bob valid", "carol valid", "bob repeated", "alice valid", "alice repeated", " stranger", " stranger", "alice repeated",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	got = nil
	bench := approval.Bench{Approvers: approvers, Still: func(person string) bool { return person == "carol" }}
	for _, o := range bench.Judge(all, "pv-1", "d", time.Now()) {
		got = append(got, o.Who+" "+string(o.State))
	}
	want = []string{"bob left", "carol valid", "bob left", "alice left", "alice valid", " stranger", " stranger", "alice repeated"}
	if !slices.Equal(got, want) {
		t.Errorf("with people who left: %q, want %q", got, want)
	}
	if _, err := approvers.WithServers(authorized(alice)); err == nil {
		t.Error("a person's key is a server's")
	}
	if _, err := approval.ReadApprovers(map[string][]string{approval.Server: {authorized(eve)}}); err == nil {
		t.Error("a person has the name of servers")
	}
}
