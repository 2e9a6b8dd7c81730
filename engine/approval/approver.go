package approval

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"golang.org/x/crypto/ssh"
)

// Approvers are the names of those who may approve, by the fingerprints of their keys.
type Approvers map[string]string

// Server is the name of a diet serve among approvers: its key approves for whoever was logged
// in. No person has it.
const Server = "diet serve"

// WithServers are approvers and, besides, servers by their public keys.
func (a Approvers) WithServers(keys ...string) (Approvers, error) {
	out := maps.Clone(a)
	if out == nil {
		out = Approvers{}
	}
	for _, text := range keys {
		key, err := readKey(text)
		if err != nil {
			return nil, fmt.Errorf("approving server: %w", err)
		}
		fingerprint := ssh.FingerprintSHA256(key)
		if person := out[fingerprint]; person != "" && person != Server {
			return nil, fmt.Errorf("approver %s has the key of a server: %s", person, fingerprint)
		}
		out[fingerprint] = Server
	}
	return out, nil
}

// Who is whose approval a key gives: of a server, that of who was logged in; "" for nobody's.
func (a Approvers) Who(key, by string) string {
	if name := a[key]; name != Server {
		return name
	}
	return by
}

// ReadApprovers reads them from public keys in the form of authorized_keys, by name. A key is
// one person's.
func ReadApprovers(keys map[string][]string) (Approvers, error) {
	out := Approvers{}
	for _, name := range slices.Sorted(maps.Keys(keys)) {
		if name == Server {
			return nil, fmt.Errorf("approver %q: that is the name of servers: use approval_servers", name)
		}
		for _, text := range keys[name] {
			key, err := readKey(text)
			if err != nil {
				return nil, fmt.Errorf("approver %s: %w", name, err)
			}
			fingerprint := ssh.FingerprintSHA256(key)
			if other, known := out[fingerprint]; known && other != name {
				return nil, fmt.Errorf("approvers %s and %s have one key: %s", other, name, fingerprint)
			}
			out[fingerprint] = name
		}
	}
	return out, nil
}

func readKey(text string) (ssh.PublicKey, error) {
	key, _, options, rest, err := ssh.ParseAuthorizedKey([]byte(text))
	if err != nil {
		return nil, fmt.Errorf("read key: %w", err)
	}
	_, certificate := key.(*ssh.Certificate)
	if certificate || len(options) > 0 || len(rest) > 0 {
		return nil, fmt.Errorf("read key: want one public key, without options: %q", text)
	}
	return key, nil
}

// State says what an approval is worth.
type State string

// The states. Only a valid approval counts.
const (
	Valid    State = "valid"
	Stranger State = "stranger" // of a key that no approver has
	Foreign  State = "foreign"  // of another preview
	Altered  State = "altered"  // what was approved is not what is there
	Expired  State = "expired"
	Forged   State = "forged"   // the signature is not of it
	Repeated State = "repeated" // by one who has approved it already
	Left     State = "left"     // a server signed it for somebody who may not approve any more
)

// meanings say why an approval does not count.
var meanings = map[State]string{
	Stranger: "the key is none of approvers in diet.yaml", Foreign: "it is of another preview",
	Altered: "the preview has been altered since, or diet is another version", Expired: "it has expired",
	Forged: "the signature is not of what it stands under", Repeated: "the same person approved twice",
	Left: "who gave it may not approve any more",
}

// Meaning says why an approval of a state does not count, "" where it does.
func (s State) Meaning() string { return meanings[s] }

// Wrong reports whether an approval is refused, rather than one that just adds nothing.
func (s State) Wrong() bool { return s != Valid && s != Repeated }

// Opinion is what an approval is worth.
type Opinion struct {
	Who      string `json:"who,omitempty"` // the approver whose key it is
	Key      string `json:"key"`           // the fingerprint
	SignedAt string `json:"signed_at,omitempty"`
	Expires  string `json:"expires,omitempty"`
	State    State  `json:"state"`
	By       string `json:"by,omitempty"`  // who was logged in, where a server signed
	Why      string `json:"why,omitempty"` // it does not count
}

// Signer tells one signer of a preview from another: a server signs for several people.
func (o Opinion) Signer() string { return strings.TrimSpace(o.Key + " " + o.By) }

// Judge says what approvals of a preview are worth, in their order.
func (a Approvers) Judge(all []Signed, preview, digest string, now time.Time) []Opinion {
	return Bench{Approvers: a}.Judge(all, preview, digest, now)
}

// Bench judges approvals where it is known who may log in.
type Bench struct {
	Approvers

	// Still reports whether somebody for whom a server signed may still approve; nil for whoever.
	Still func(person string) bool
}

// Judge is [Approvers.Judge]; who may not approve any more has not approved.
func (b Bench) Judge(all []Signed, preview, digest string, now time.Time) []Opinion {
	out := make([]Opinion, len(all))
	counted := map[string]bool{}
	for i, s := range all {
		o := b.judge(s, preview, digest, now)
		if o.State == Valid && b.Still != nil && b.Approvers[o.Key] == Server && !b.Still(o.By) {
			o.State = Left
		}
		if o.State == Valid && counted[o.Who] {
			o.State = Repeated
		}
		counted[o.Who] = counted[o.Who] || o.State == Valid
		o.Why = o.State.Meaning()
		out[i] = o
	}
	return out
}

// judge is Judge for one of them.
func (a Approvers) judge(s Signed, preview, digest string, now time.Time) Opinion {
	said, key, err := s.open()
	if err != nil {
		return Opinion{Key: key, State: Forged}
	}
	out := Opinion{Who: a.Who(key, said.By), Key: key, SignedAt: said.SignedAt, Expires: said.Expires, By: said.By, State: Valid}
	switch {
	case out.Who == "":
		out.State = Stranger
	case said.Version != Version || said.Preview != preview:
		out.State = Foreign
	case said.Digest != digest:
		out.State = Altered
	case said.expired(now):
		out.State = Expired
	}
	return out
}
