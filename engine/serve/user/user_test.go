package user_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/diet-project/diet/engine/serve/user"
)

const password = "correct horse battery"

// TestFile adds, changes and removes users, and another handle on the file sees it at once.
func TestFile(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "users.yaml")
	mine, other := user.Open(path), user.Open(path)
	if n, err := other.Count(); n != 0 || err != nil {
		t.Fatalf("%d users, %v", n, err)
	}
	if err := mine.Put("alice", password, []user.Role{user.Resolver, user.Approver, user.Resolver}); err != nil {
		t.Fatal(err)
	}
	if err := mine.Put("bob smith", password+"!", []user.Role{user.Viewer}); err != nil {
		t.Fatal(err)
	}
	alice, err := other.Login("alice", password)
	if err != nil || !alice.May(user.Approver) || !alice.May(user.Viewer) || alice.May(user.Applier) || len(alice.Roles) != 2 {
		t.Errorf("%+v, %v", alice, err)
	}
	for name, word := range map[string]string{"bob smith": password, "carol": password} {
		if _, err := other.Login(name, word); !errors.Is(err, user.ErrDenied) {
			t.Errorf("%q logs in: %v", name, err)
		}
	}
	text, err := os.ReadFile(path)
	if err != nil || strings.Contains(string(text), password) {
		t.Errorf("%v, %s", err, text)
	}
	if info, _ := os.Stat(path); info.Mode().Perm() != 0o600 {
		t.Errorf("its mode is %s", info.Mode())
	}
	time.Sleep(5 * time.Millisecond) // file times are not finer everywhere
	if err := mine.Remove("alice"); err != nil {
		t.Fatal(err)
	}
	if _, found, err := other.Find("alice"); found || err != nil {
		t.Errorf("a removed user is found: %v", err)
	}
	if err := mine.Remove("alice"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("removed twice: %v", err)
	}
}

// TestRefused refuses names, passwords and roles that would be of no use.
func TestRefused(t *testing.T) {
	t.Parallel()
	file := user.Open(filepath.Join(t.TempDir(), "users.yaml"))
	viewer := []user.Role{user.Viewer}
	for _, tt := range []struct {
		name, password string
		roles          []user.Role
	}{
		{"", password, viewer}, {"a\nb", password, viewer}, {"a ", password, viewer}, {"alice", "short", viewer},
		{"alice", password, nil}, {"alice", password, []user.Role{"root"}},
	} {
		if err := file.Put(tt.name, tt.password, tt.roles); err == nil {
			t.Errorf("%q with %v is added", tt.name, tt.roles)
		}
	}
}

// TestUnreadable lets nobody in where the file is wrong, and says where.
func TestUnreadable(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"plain password": "users:\n  alice: {password: secret, roles: [viewer]}\n",
		"weak hash":      "users:\n  alice: {password: \"$argon2id$v=19$m=8,t=0,p=1$AAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA\", roles: [viewer]}\n",
		"unknown role":   "users:\n  alice: {password: \"$argon2id$v=19$m=64,t=1,p=1$AAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA\", roles: [root]}\n",
		"unknown key":    "users:\n  alice: {pass: x}\n",
	} {
		path := filepath.Join(t.TempDir(), "users.yaml")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := user.Open(path).Login("alice", "secret")
		if err == nil || errors.Is(err, user.ErrDenied) || !strings.Contains(err.Error(), path+":2:") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestNames(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("é", 64)
	for name, right := range map[string]bool{
		"alice": true, "Zoë Müller": true, "a.b_c@d-1": true, long: true,
		"": false, " a": false, "a ": false, "-a": false, "a\nb": false, "a/b": false, long + "é": false,
	} {
		if err := user.CheckName(name); (err == nil) != right {
			t.Errorf("%q: %v", name, err)
		}
	}
}
