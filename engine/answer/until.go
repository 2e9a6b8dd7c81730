package answer

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Until reads when an answer ends: as a day ends, UTC, at a time, or so long from now. "" is never.
func Until(text string, now time.Time) (string, error) {
	if text == "" {
		return "", nil
	}
	end, err := until(text, now)
	switch {
	case err != nil || !end.After(now):
		return "", fmt.Errorf("%s: want a time to come, such as 2026-12-31, 2026-12-31T18:00:00Z, 12h or 30d", text)
	case end.After(lastEnd):
		return "", fmt.Errorf("%s: want a time before the year 10000; leave it out for an answer that does not expire", text)
	}
	return end.UTC().Format(time.RFC3339), nil
}

// lastEnd is the last time that RFC 3339 writes.
var lastEnd = time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC)

// mostDays are more than any end is away: a number of them is added without overflow.
const mostDays = 10000 * 366

func until(text string, now time.Time) (time.Time, error) {
	if end, err := time.Parse(time.RFC3339, text); err == nil {
		return end, nil
	}
	if day, err := time.Parse(time.DateOnly, text); err == nil {
		return day.AddDate(0, 0, 1).Add(-time.Second), nil
	}
	if days, cut := strings.CutSuffix(text, "d"); cut {
		n, err := strconv.Atoi(days)
		if n > mostDays {
			return lastEnd.AddDate(1, 0, 0), nil
		}
		return now.AddDate(0, 0, n), err
	}
	span, err := time.ParseDuration(text)
	return now.Add(span), err
}
