package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"testing"
	"time"

	"golang.org/x/sys/unix"
	"golang.org/x/term"
)

// TestSecret asks for a secret in a terminal in which somebody types before they are asked: the
// terminal echoes nothing from the question on, and that is no part of the answer.
func TestSecret(t *testing.T) {
	master, err := os.OpenFile("/dev/ptmx", os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Skip("there are no terminals here: ", err)
	}
	defer func() { _ = master.Close() }()
	n, err := unix.IoctlGetInt(int(master.Fd()), unix.TIOCGPTN)
	if err == nil {
		err = unix.IoctlSetPointerInt(int(master.Fd()), unix.TIOCSPTLCK, 0)
	}
	if err != nil {
		t.Fatal(err)
	}
	keyboard, err := os.OpenFile(fmt.Sprint("/dev/pts/", n), os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = keyboard.Close() }()
	if _, err := master.WriteString("too early\n"); err != nil {
		t.Fatal(err)
	}
	// The kernel takes in what is typed later than it is written: it has, once it echoes it.
	echo := make([]byte, len("too early\r\n"))
	if _, err := io.ReadFull(master, echo); err != nil || string(echo) != "too early\r\n" {
		t.Fatalf("the terminal echoes %q, %v", echo, err)
	}
	asked := make(chan struct{})
	e := &env{err: &once{asked: asked}}
	type answer struct {
		text []byte
		err  error
	}
	got := make(chan answer, 1)
	go func() {
		text, err := e.secret(keyboard, "Passphrase: ")
		got <- answer{text, err}
	}()
	select {
	case <-asked:
	case a := <-got:
		t.Fatalf("it ends before it asks: %q, %v", a.text, a.err)
	}
	state, err := unix.IoctlGetTermios(int(keyboard.Fd()), unix.TCGETS)
	if err != nil || state.Lflag&unix.ECHO != 0 {
		t.Errorf("it is asked while the terminal echoes: %v", err)
	}
	if _, err := master.WriteString("s3cret\n"); err != nil {
		t.Fatal(err)
	}
	select {
	case a := <-got:
		if string(a.text) != "s3cret" || a.err != nil {
			t.Errorf("got %q, %v", a.text, a.err)
		}
	case <-time.After(time.Minute):
		t.Fatal("it never ends")
	}
	if _, err := term.GetState(int(keyboard.Fd())); err != nil {
		t.Error(err)
	}
	if state, err := unix.IoctlGetTermios(int(keyboard.Fd()), unix.TCGETS); err != nil || state.Lflag&unix.ECHO == 0 {
		t.Errorf("the terminal stays quiet: %v", err)
	}
	// A read of a terminal that nobody writes to would wait forever; once it is closed, it ends.
	if err := keyboard.Close(); err != nil {
		t.Error(err)
	}
	shown, _ := io.ReadAll(master) // it ends in EIO
	if len(shown) > 0 {
		t.Errorf("it is shown: %q", shown)
	}
}

// once tells when something is written first.
type once struct {
	bytes.Buffer
	asked chan struct{}
}

func (o *once) Write(text []byte) (int, error) {
	if o.Len() == 0 {
		close(o.asked)
	}
	return o.Buffer.Write(text)
}
