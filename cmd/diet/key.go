package main

import (
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"os"

	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/agent"
)

// signer reads a key to sign with: a private one, or a public one whose private one an
// agent holds. done lets go of it.
func (e *env) signer(file string) (signer ssh.Signer, done func() error, err error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, nil, fmt.Errorf("read key: %w", err)
	}
	if public, _, _, _, err := ssh.ParseAuthorizedKey(text); err == nil {
		return agentSigner(public, file)
	}
	signer, err = ssh.ParsePrivateKey(text)
	if locked := (*ssh.PassphraseMissingError)(nil); errors.As(err, &locked) {
		signer, err = e.unlocked(text, file)
	}
	if err != nil {
		return nil, nil, fmt.Errorf("read key %s: %w", file, err)
	}
	return signer, func() error { return nil }, nil
}

// unlocked reads a private key with a passphrase, which is asked in a terminal.
func (e *env) unlocked(text []byte, file string) (ssh.Signer, error) {
	keyboard, is := e.cli.App.Reader.(*os.File)
	if !is || !isKeyboard(keyboard) {
		return nil, usage("it has a passphrase, and nobody can be asked here: add it to ssh-agent, and name the public key")
	}
	passphrase, err := e.secret(keyboard, "Passphrase of "+file+": ")
	if err != nil {
		return nil, fmt.Errorf("read passphrase: %w", err)
	}
	signer, err := ssh.ParsePrivateKeyWithPassphrase(text, passphrase)
	if errors.Is(err, x509.IncorrectPasswordError) {
		err = errors.New("the passphrase is another one")
	}
	return signer, err
}

// agentSigner is a key that ssh-agent holds.
func agentSigner(public ssh.PublicKey, file string) (ssh.Signer, func() error, error) {
	socket := os.Getenv("SSH_AUTH_SOCK")
	if socket == "" {
		return nil, nil, usage("%s is a public key, and SSH_AUTH_SOCK names no agent with its private one", file)
	}
	conn, err := net.Dial("unix", socket) //nolint:gosec // the user names their own agent
	if err != nil {
		return nil, nil, fmt.Errorf("ask ssh-agent: %w", err)
	}
	all, err := agent.NewClient(conn).Signers()
	for _, s := range all {
		if ssh.FingerprintSHA256(s.PublicKey()) == ssh.FingerprintSHA256(public) {
			return s, conn.Close, nil
		}
	}
	if err == nil {
		err = usage("ssh-agent does not hold the private key of %s: add it with ssh-add", file)
	}
	return nil, nil, errors.Join(err, conn.Close())
}
