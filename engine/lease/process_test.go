package lease_test

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/diet-project/diet/engine/lease"
)

// TestGone knows a process that was killed to be gone at once, before its parent has heard of it.
func TestGone(t *testing.T) {
	t.Parallel()
	sleeps := exec.Command("sleep", "60")
	if err := sleeps.Start(); err != nil {
		t.Skip(err)
	}
	id := sleeps.Process.Pid
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", id))
	if err != nil {
		t.Skip(err)
	}
	start := strings.Fields(string(stat[strings.LastIndexByte(string(stat), ')')+1:]))[19]
	space, _, _ := strings.Cut(lease.Self("here"), "/")
	self := fmt.Sprintf("%s/%d/%s", space, id, start)
	if lease.Gone(self, "here") {
		t.Errorf("%s lives", self)
	}
	if err := sleeps.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	if err := unix.Waitid(unix.P_PID, id, nil, unix.WEXITED|unix.WNOWAIT, nil); err != nil { // it is not reaped
		t.Fatal(err)
	}
	if !lease.Gone(self, "here") {
		t.Errorf("%s is gone", self)
	}
	_ = sleeps.Wait() // killed
}
