// Package approval signs approvals of previews with SSH keys, and judges them.
//
// An approval is a [Statement] about one preview, signed in the format of ssh-keygen -Y. Who
// approved is told by the key alone: [Approvers] has a name for each key that may approve.
// The package knows nothing of what is approved but an id and a digest.
package approval

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/hiddeco/sshsig"
	"golang.org/x/crypto/ssh"
)

// Namespace keeps a signature that was made for something else from being an approval.
const Namespace = "diet-approval"

// Version is the version of a statement.
const Version = 1

// Statement is what an approver signs.
type Statement struct {
	Version  int    `json:"version"`
	Preview  string `json:"preview"` // its id
	Digest   string `json:"digest"`  // of all that the preview holds
	SignedAt string `json:"signed_at"`
	Expires  string `json:"expires,omitempty"` // RFC 3339; "" for never

	// By is who was logged in, where diet serve signs for them; "" where people sign
	// themselves: their key names them.
	By string `json:"by,omitempty"`
}

// Signed is a statement with its signature, as it is kept.
type Signed struct {
	Statement string `json:"statement"` // as it was signed, byte by byte
	Signature string `json:"signature"` // armored
}

// Sign signs a statement.
func Sign(s Statement, signer ssh.Signer) (Signed, error) {
	text, err := json.Marshal(s)
	if err != nil {
		return Signed{}, fmt.Errorf("encode approval: %w", err)
	}
	signature, err := sshsig.Sign(strings.NewReader(string(text)), signer, sshsig.HashSHA512, Namespace)
	if err != nil {
		return Signed{}, fmt.Errorf("sign approval: %w", err)
	}
	return Signed{Statement: string(text), Signature: string(sshsig.Armor(signature))}, nil
}

// errUnsigned is the error of what nobody signed.
var errUnsigned = errors.New("its signature is not of it")

// open returns what was signed, and the fingerprint of the key that signed it.
func (s Signed) open() (said Statement, key string, err error) {
	signature, err := sshsig.Unarmor([]byte(s.Signature))
	if err != nil {
		return said, "", fmt.Errorf("%w: %w", errUnsigned, err)
	}
	key = ssh.FingerprintSHA256(signature.PublicKey)
	err = sshsig.Verify(strings.NewReader(s.Statement), signature, signature.PublicKey, signature.HashAlgorithm, Namespace)
	if err != nil {
		return said, key, fmt.Errorf("%w: %w", errUnsigned, err)
	}
	if err := json.Unmarshal([]byte(s.Statement), &said); err != nil {
		return said, key, fmt.Errorf("%w: %w", errUnsigned, err)
	}
	return said, key, nil
}

// expired reports whether a statement has ended; one whose end cannot be read has.
func (s Statement) expired(now time.Time) bool {
	if s.Expires == "" {
		return false
	}
	end, err := time.Parse(time.RFC3339, s.Expires)
	return err != nil || !now.Before(end)
}
