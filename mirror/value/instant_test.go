package value_test

import (
	"testing"

	"github.com/diet-project/diet/mirror/value"
)

// TestInstant has texts of times compare as times do.
func TestInstant(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"2026-03-01T12:00:00.123456Z":      "2026-03-01T12:00:00.123456Z",
		"2026-03-01T12:00:00Z":             "2026-03-01T12:00:00.000000Z",
		"2026-03-01T14:00:00.5+02:00":      "2026-03-01T12:00:00.500000Z",
		"2026-02-28T22:30:00.000001-09:30": "2026-03-01T08:00:00.000001Z",
		"never":                            "never",
		"":                                 "",
	} {
		if got := value.Instant(text); got != want {
			t.Errorf("%q is %q, not %q", text, got, want)
		}
	}
}
