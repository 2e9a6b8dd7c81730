// Package storetest starts a PostgreSQL for tests of what is kept in it.
package storetest

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// Password is that of the databases: no message may show it.
const Password = "hunter2-and-more"

// Postgres is the address of an empty database. The server is one of its own for the tests of
// a package; it ends with them. Where PostgreSQL is not installed the test is skipped, but
// never in CI.
func Postgres(t testing.TB) string {
	t.Helper()
	if !Here() {
		t.Skip(errMissing)
	}
	address, err := New()
	if err != nil {
		t.Fatal(err)
	}
	return address.String()
}

// Here reports whether tests can start a PostgreSQL; in CI they must.
func Here() bool {
	_, err := programs()
	return err == nil || os.Getenv("CI") != ""
}

// New makes an empty database, and returns its address.
func New() (url.URL, error) {
	address, err := server()
	if err != nil {
		return address, err
	}
	name := fmt.Sprintf("test%d", databases.Add(1))
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	admin, err := pgx.Connect(ctx, address.String())
	if err != nil {
		return address, err
	}
	defer func() { _ = admin.Close(ctx) }()
	_, err = admin.Exec(ctx, "CREATE DATABASE "+name)
	address.Path = "/" + name
	return address, err
}

var databases atomic.Int64

var errMissing = errors.New("no initdb and postgres here: install PostgreSQL")

// server starts the server of this process, once.
var server = sync.OnceValues(func() (url.URL, error) {
	bin, err := programs()
	if err != nil {
		return url.URL{}, err
	}
	dir, err := os.MkdirTemp("", "diet-postgres-*")
	if err != nil {
		return url.URL{}, err
	}
	for range 3 { // another process may take the port first
		var address url.URL
		if address, err = start(bin, dir); err == nil {
			return address, nil
		}
	}
	log, _ := os.ReadFile(filepath.Join(dir, "log"))
	return url.URL{}, fmt.Errorf("start PostgreSQL: %w\n%s", err, log)
})

// programs is the folder of PostgreSQL's programs.
func programs() (string, error) {
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if len(found) == 0 {
		path, err := exec.LookPath("initdb")
		if err != nil {
			return "", errMissing
		}
		found = []string{path}
	}
	return filepath.Dir(slices.Max(found)), nil
}

// script makes a cluster and serves it until its standard input ends: with the tests, however
// they end.
const script = `bin=$1 dir=$2 port=$3
cd "$dir"
[ -e data/PG_VERSION ] || "$bin/initdb" -D data -U diet -A scram-sha-256 --pwfile=password -E UTF8 --locale=C.UTF-8 --no-sync || exit 1
"$bin/postgres" -D data -p "$port" -c listen_addresses=127.0.0.1 -c unix_socket_directories= \
	-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c shared_buffers=16MB -c max_connections=60 &
postgres=$!
while kill -0 "$postgres" 2>/dev/null && read -r line; do :; done
kill -INT "$postgres" 2>/dev/null
wait "$postgres"
cd / && rm -rf "$dir"
`

// start starts the script, and waits until the server answers.
func start(bin, dir string) (url.URL, error) {
	port, err := freePort()
	if err != nil {
		return url.URL{}, err
	}
	credential, err := unprivileged(dir)
	if err != nil {
		return url.URL{}, err
	}
	log, err := os.OpenFile(filepath.Join(dir, "log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return url.URL{}, err
	}
	defer func() { _ = log.Close() }()
	cmd := exec.Command("sh", "-c", script, "sh", bin, dir, strconv.Itoa(port)) //nolint:gosec // of programs that are installed
	cmd.Stdout, cmd.Stderr = log, log
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Credential: credential}
	if _, err := cmd.StdinPipe(); err != nil {
		return url.URL{}, err
	}
	if err := cmd.Start(); err != nil {
		return url.URL{}, err
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	address := url.URL{
		Scheme: "postgres", User: url.UserPassword("diet", Password), Host: net.JoinHostPort("127.0.0.1", strconv.Itoa(port)), Path: "/postgres",
	}
	return address, answers(address.String(), ended)
}

// answers waits until the server lets one in.
func answers(address string, ended <-chan error) error {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	for {
		conn, err := pgx.Connect(ctx, address)
		if err == nil {
			return conn.Close(ctx)
		}
		select {
		case err := <-ended:
			return fmt.Errorf("it ended: %w", err)
		case <-ctx.Done():
			return err
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// unprivileged is who runs PostgreSQL, which refuses to be root; the folder is made theirs.
func unprivileged(dir string) (*syscall.Credential, error) {
	password := filepath.Join(dir, "password")
	if err := os.WriteFile(password, []byte(Password+"\n"), 0o600); err != nil {
		return nil, err
	}
	if os.Getuid() != 0 {
		return nil, nil //nolint:nilnil // as oneself
	}
	who, err := user.Lookup("postgres")
	if err != nil {
		if who, err = user.Lookup("nobody"); err != nil {
			return nil, err
		}
	}
	uid, err := strconv.Atoi(who.Uid)
	if err != nil {
		return nil, err
	}
	gid, err := strconv.Atoi(who.Gid)
	if err != nil {
		return nil, err
	}
	err = errors.Join(os.Chown(dir, uid, gid), os.Chown(password, uid, gid))
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, err
}

func freePort() (int, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer func() { _ = listener.Close() }()
	return listener.Addr().(*net.TCPAddr).Port, nil
}
