package main

import (
	"errors"
	"fmt"
	"os"

	"golang.org/x/term"
)

// secret asks for a secret in a terminal. It is shown at no time: the terminal is quiet before it is
// asked for, and what was typed before that counts for nothing.
func (e *env) secret(keyboard *os.File, prompt string) (text []byte, err error) {
	fd := int(keyboard.Fd())
	was, err := term.MakeRaw(fd)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, term.Restore(fd, was)) }()
	if err := forget(fd); err != nil {
		return nil, err
	}
	fmt.Fprint(e.err, prompt)
	text, err = term.ReadPassword(fd)
	fmt.Fprint(e.err, "\r\n")
	return text, err
}
