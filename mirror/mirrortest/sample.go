package mirrortest

import (
	"fmt"
	"hash/fnv"
	"os"
	"strings"
	"testing"
)

// InSample reports whether a case of a table, by its name, is to be played. With DIET_SAMPLE=3/8 that is one case in
// eight, and others with 4/8: so a soak (.ci/soak) plays each of them now and then. Without, all are.
func InSample(name string) bool {
	var n, of uint32
	if _, err := fmt.Sscanf(os.Getenv("DIET_SAMPLE"), "%d/%d", &n, &of); err != nil || of == 0 {
		return true
	}
	h := fnv.New32a()
	_, _ = h.Write([]byte(name))
	return h.Sum32()%of == n%of
}

// Sampled skips a case of a table that is not in the sample. A test itself is always played, and with a case all
// that it consists of.
func Sampled(tb testing.TB) {
	tb.Helper()
	parts := strings.SplitN(tb.Name(), "/", 3)
	if len(parts) > 1 && !InSample(parts[0]+"/"+parts[1]) {
		tb.Skip("not in DIET_SAMPLE")
	}
}
