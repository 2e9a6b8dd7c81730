package main

import (
	"crypto/ed25519"
	"encoding/pem"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/agent"
)

// sshKey makes a pair of keys: NAME and NAME.pub.
func sshKey(ts *testscript.TestScript, _ bool, args []string) {
	_, private, err := ed25519.GenerateKey(nil)
	ts.Check(err)
	block, err := ssh.MarshalPrivateKey(private, args[0])
	ts.Check(err)
	public, err := ssh.NewPublicKey(private.Public())
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), pem.EncodeToMemory(block), 0o600))
	ts.Check(os.WriteFile(ts.MkAbs(args[0]+".pub"), ssh.MarshalAuthorizedKey(public), 0o600))
}

// approvers writes a configuration by which those who are named approve; their keys lie in
// the work folder.
func approvers(ts *testscript.TestScript, _ bool, args []string) {
	text := "approvers:\n"
	for _, name := range args[1:] {
		key, err := os.ReadFile(filepath.Join(ts.Getenv("WORK"), name+".pub"))
		ts.Check(err)
		text += fmt.Sprintf("  %s: [%q]\n", name, strings.TrimSpace(string(key)))
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(text), 0o600))
}

// TestAgentSigner signs with a key of which only an agent has the private half.
func TestAgentSigner(t *testing.T) {
	_, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	public, err := ssh.NewPublicKey(private.Public())
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "key.pub")
	if err := os.WriteFile(file, ssh.MarshalAuthorizedKey(public), 0o600); err != nil {
		t.Fatal(err)
	}
	ring := agent.NewKeyring()
	socket := filepath.Join(t.TempDir(), "agent")
	listener, err := net.Listen("unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = listener.Close() }()
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go func() { _ = agent.ServeAgent(ring, conn) }()
		}
	}()
	t.Setenv("SSH_AUTH_SOCK", socket)
	if _, _, err := (&env{}).signer(file); err == nil || !strings.Contains(err.Error(), "does not hold") {
		t.Errorf("an agent without the key: %v", err)
	}
	if err := ring.Add(agent.AddedKey{PrivateKey: private}); err != nil {
		t.Fatal(err)
	}
	signer, done, err := (&env{}).signer(file)
	if err != nil {
		t.Fatal(err)
	}
	signature, err := signer.Sign(nil, []byte("text"))
	if err != nil {
		t.Fatal(err)
	}
	if err := public.Verify([]byte("text"), signature); err != nil {
		t.Error(err)
	}
	if err := done(); err != nil {
		t.Error(err)
	}
}
