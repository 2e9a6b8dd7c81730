package lease

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"syscall"
)

// held are the runs of this process that hold a lease.
var held sync.Map

// own is this process, as a lease names it.
func own() string {
	id := os.Getpid()
	start, _ := started(id)
	return process{space: space(), id: id, start: start}.String()
}

// Dead reports whether a holder is known to be gone: it was a process of this host, which
// is no more. A run of this very process is gone where it holds no lease any more.
func (h Holder) Dead(host string) bool {
	if h.Host != clip(host) {
		return false
	}
	if h.Process == own() {
		_, works := held.Load(h.Run)
		return !works
	}
	p, ok := parse(h.Process)
	if !ok || p.space != space() {
		return false
	}
	if now, ended := started(p.id); ended || now != "" && p.start != "" {
		return ended || now != p.start
	}
	found, err := os.FindProcess(p.id)
	if err != nil {
		return true
	}
	err = found.Signal(syscall.Signal(0))
	return errors.Is(err, os.ErrProcessDone) || errors.Is(err, syscall.ESRCH)
}

// space is the namespace of this process's number: two containers of one name count
// anew. It is empty where the system does not tell.
func space() string {
	link, err := os.Readlink("/proc/self/ns/pid")
	if err != nil {
		return ""
	}
	return strings.Trim(link, "pid:[]")
}

// started is when a process was started, in ticks since the machine was; empty for none,
// and where the system does not tell. One that has ended is there until its parent has heard of it.
func started(id int) (start string, ended bool) {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", id))
	if err != nil {
		return "", false
	}
	// The second field is the program's name, in parentheses, and may hold anything.
	fields := strings.Fields(string(stat[strings.LastIndexByte(string(stat), ')')+1:]))
	const at = 19 // the 22nd of all
	if len(fields) <= at {
		return "", false
	}
	return fields[at], fields[0] == "Z" || fields[0] == "X"
}

// Self names this process to others, on this host and elsewhere: [Gone] tells whether it
// still is.
func Self(host string) string { return clip(host) + "|" + own() }

// Gone reports whether a process that [Self] named is known to be gone: it was of this host.
func Gone(self, host string) bool {
	at := strings.LastIndexByte(self, '|')
	if at < 0 || self[at+1:] == own() {
		return false
	}
	return Holder{Host: self[:at], Process: self[at+1:]}.Dead(host)
}
