package answer_test

import (
	"strings"
	"testing"
	"time"

	"github.com/diet-project/diet/engine/answer"
)

// TestUntil reads ends as people write them. What cannot be written into a file is refused.
func TestUntil(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC)
	for text, want := range map[string]string{
		"":                          "",
		"2026-12-31":                "2026-12-31T23:59:59Z",
		"2026-11-28":                "2026-11-28T23:59:59Z",
		"9999-12-31":                "9999-12-31T23:59:59Z",
		"2026-12-31T18:00:00Z":      "2026-12-31T18:00:00Z",
		"2026-12-31T18:00:00+02:00": "2026-12-31T16:00:00Z",
		"30d":                       "2026-12-28T12:00:00Z",
		"12h":                       "2026-11-29T00:00:00Z",
		"876000h":                   "2126-11-04T12:00:00Z",
		"9999-12-31T23:59:59-12:00": "before the year 10000",
		"3000000d":                  "before the year 10000",
		"99999999999d":              "before the year 10000",
		"9999999999999999999d":      "before the year 10000",
		"-9999999999999999999d":     "want a time to come",
		"2026-11-27":                "want a time to come",
		"0d":                        "want a time to come",
		"9999999999999h":            "want a time to come",
		"soon":                      "want a time to come",
		"d":                         "want a time to come",
	} {
		got, err := answer.Until(text, now)
		if err != nil {
			got = err.Error()
		} else if _, err := time.Parse(time.RFC3339, got); got != "" && err != nil {
			t.Errorf("%s: %q cannot be read", text, got)
		}
		if got != want && !strings.Contains(got, want) || want == "" && got != "" {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
}
