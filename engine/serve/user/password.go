package user

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"sync"

	"golang.org/x/crypto/argon2"
)

// cost is what a hash takes: the first of the settings that RFC 9106 recommends, with less
// memory, as a server on a small machine has it.
type cost struct {
	time, memory uint32 // memory in KiB
	threads      uint8
}

var usual = cost{time: 3, memory: 64 << 10, threads: 2}

// busy bounds how many passwords are hashed at once: each takes the memory of its cost.
var busy = make(chan struct{}, 2)

const saltSize, keySize = 16, 32

// hashed is a password as the file has it.
type hashed struct {
	cost
	salt, key []byte
}

func hash(password string) string {
	salt := make([]byte, saltSize)
	_, _ = rand.Read(salt) // never fails, as crypto/rand says
	return hashed{usual, salt, usual.key(password, salt, keySize)}.String()
}

func (c cost) key(password string, salt []byte, size int) []byte {
	busy <- struct{}{}
	defer func() { <-busy }()
	return argon2.IDKey([]byte(password), salt, c.time, c.memory, c.threads, uint32(size))
}

// String is the form that everybody writes such hashes in: $argon2id$v=19$m=…,t=…,p=…$salt$key.
func (h hashed) String() string {
	b64 := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s",
		argon2.Version, h.memory, h.time, h.threads, b64.EncodeToString(h.salt), b64.EncodeToString(h.key))
}

var errHash = errors.New("the password is no argon2id hash: diet user add writes one")

func parse(text string) (hashed, error) {
	parts := strings.Split(text, "$")
	if len(parts) != 6 || parts[1] != "argon2id" {
		return hashed{}, errHash
	}
	var h hashed
	var version int
	_, err1 := fmt.Sscanf(parts[2], "v=%d", &version)
	_, err2 := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &h.memory, &h.time, &h.threads)
	var err3, err4 error
	h.salt, err3 = base64.RawStdEncoding.DecodeString(parts[4])
	h.key, err4 = base64.RawStdEncoding.DecodeString(parts[5])
	const most = 1 << 20 // a GiB
	bad := version != argon2.Version || h.time < 1 || h.threads < 1 || h.memory > most || len(h.salt) < 8 || len(h.key) < 16
	if errors.Join(err1, err2, err3, err4) != nil || bad {
		return hashed{}, errHash
	}
	return h, nil
}

// verify reports whether a password is that of a hash.
func verify(text, password string) bool {
	h, err := parse(text)
	return err == nil && subtle.ConstantTimeCompare(h.cost.key(password, h.salt, len(h.key)), h.key) == 1
}

// nobody is a hash that no password has.
var nobody = sync.OnceValue(func() string { return hash(rand.Text()) })
