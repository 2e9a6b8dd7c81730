package main

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
)

// TestLogFile adds a line after one that was cut, be it by an earlier command or by this one.
func TestLogFile(t *testing.T) {
	t.Parallel()
	for was, want := range map[string]string{
		"":                     "{\"b\":2}\n",
		"{\"a\":1}\n":          "{\"a\":1}\n{\"b\":2}\n",
		"{\"a\":1}\n{\"half\"": "{\"a\":1}\n{\"half\"\n{\"b\":2}\n",
	} {
		name := filepath.Join(t.TempDir(), "log.jsonl")
		if err := os.WriteFile(name, []byte(was), 0o600); err != nil {
			t.Fatal(err)
		}
		log, err := openLog(name)
		if err != nil {
			t.Fatal(err)
		}
		if n, err := log.Write([]byte("{\"b\":2}\n")); n != 8 || err != nil {
			t.Errorf("%d bytes, %v", n, err)
		}
		if got, err := os.ReadFile(name); string(got) != want || err != nil {
			t.Errorf("after %q: got %q, %v", was, got, err)
		}
	}
}

// disk is full after a number of bytes, until there is room again.
type disk struct {
	room int
	text string
}

var errFull = errors.New("no space left")

func (d *disk) Write(text []byte) (int, error) {
	n := min(d.room, len(text))
	d.text, d.room = d.text+string(text[:n]), d.room-n
	if n < len(text) {
		return n, errFull
	}
	return n, nil
}

// TestLogFileOnAFullDisk goes on in a new line once there is room.
func TestLogFileOnAFullDisk(t *testing.T) {
	t.Parallel()
	full := &disk{room: 10}
	log := &logFile{file: full}
	for i, line := range []string{"first\n", "second\n", "third\n"} {
		if n, err := log.Write([]byte(line)); errors.Is(err, errFull) != (i > 0) || err == nil && n != len(line) {
			t.Errorf("%q: %d bytes, %v", line, n, err)
		}
	}
	full.room = 100
	if n, err := log.Write([]byte("fourth\n")); n != 7 || err != nil {
		t.Errorf("%d bytes, %v", n, err)
	}
	if want := "first\nseco\nfourth\n"; full.text != want {
		t.Errorf("got %q, want %q", full.text, want)
	}
}
