package answer

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Until reads when an answer ends: a day, a time, or so long from now. "" is never.
func Until(text string, now time.Time) (string, error) {
	if text == "" {
		return "", nil
	}
	end, err := time.Parse(time.RFC3339, text)
	if err != nil {
		end, err = time.Parse(time.DateOnly, text)
	}
	if days, cut := strings.CutSuffix(text, "d"); err != nil && cut {
		n, bad := strconv.Atoi(days)
		end, err = now.AddDate(0, 0, n), bad
	}
	if err != nil {
		var span time.Duration
		span, err = time.ParseDuration(text)
		end = now.Add(span)
	}
	if err != nil || !end.After(now) {
		return "", fmt.Errorf("%s: want a time to come, such as 2026-12-31, 2026-12-31T18:00:00Z, 12h or 30d", text)
	}
	return end.UTC().Format(time.RFC3339), nil
}
