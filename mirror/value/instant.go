package value

import "time"

// instant is the form of times by which texts compare as times do.
const instant = "2006-01-02T15:04:05.000000Z"

// Instant is a time of NetBox's in one form, in UTC: NetBox writes it in its own time zone, and
// leaves out a fraction of zero. What is no time stays what it is.
func Instant(text string) string {
	if len(text) == len(instant) && text[len(instant)-1] == 'Z' && text[19] == '.' {
		return text
	}
	t, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		return text
	}
	return t.UTC().Format(instant)
}
