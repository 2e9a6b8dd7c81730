package engine

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"strconv"
	"time"
)

// roomy is by how many bytes the process may grow while a query runs, whatever that may yield.
const roomy = 512 << 20

// memoryError ends a query that takes too much memory.
type memoryError struct{ most int }

func (e *memoryError) Error() string {
	return fmt.Sprintf("it takes more than %d MB of memory: aggregate less, or narrow it with WHERE or LIMIT", e.most>>20)
}

// withinMemory ends a context, with an [*memoryError], once the process has grown by more than some bytes: SQLite makes
// values of whatever size (json_group_array) before it looks at its limits. It watches until done is called,
// and only where the system tells.
func withinMemory(ctx context.Context, most int) (within context.Context, done func()) {
	within, cancel := context.WithCancelCause(ctx)
	began, told := resident()
	if !told {
		return within, func() { cancel(nil) }
	}
	go func() {
		tick := time.NewTicker(20 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-within.Done():
				return
			case <-tick.C:
				if now, _ := resident(); now-began > most {
					cancel(&memoryError{most})
				}
			}
		}
	}()
	return within, func() { cancel(nil) }
}

// resident is how many bytes of memory the process has, without the files that it maps.
func resident() (n int, told bool) {
	text, err := os.ReadFile("/proc/self/statm")
	fields := bytes.Fields(text)
	if err != nil || len(fields) < 3 {
		return 0, false
	}
	all, errAll := strconv.Atoi(string(fields[1]))
	files, errFiles := strconv.Atoi(string(fields[2]))
	return (all - files) * os.Getpagesize(), errAll == nil && errFiles == nil
}
