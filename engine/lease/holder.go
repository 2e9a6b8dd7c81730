package lease

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
	"time"
)

// Prefix begins the slug of every lease.
const Prefix = "diet-lease-"

// slugLimit is how long a slug may be in NetBox.
const slugLimit = 100

// Slug is that of the lease on a plan. A key that is too long is cut, and told from
// others by its hash.
func Slug(plan string) string { return slugOf(Prefix, plan) }

func slugOf(prefix, plan string) string {
	if slug := prefix + plan; len(slug) <= slugLimit {
		return slug
	}
	sum := sha256.Sum256([]byte(plan))
	tail := "-" + hex.EncodeToString(sum[:6])
	return (prefix + plan)[:slugLimit-len(tail)] + tail
}

// Holder says who holds a lease, and until when by NetBox's clock.
type Holder struct {
	Run     string    `json:"run"`
	Host    string    `json:"host"`
	User    string    `json:"user"`
	Until   time.Time `json:"until"`
	Process string    `json:"process"` // unique, see [own]
}

// String is the holder for people.
func (h Holder) String() string {
	s := "run " + h.Run
	if h.User != "" {
		s += " of " + h.User
	}
	if h.Host != "" {
		s += " on " + h.Host
	}
	return s
}

// Read is the holder in a description; the zero holder where that is none.
func Read(description string) Holder {
	var h Holder
	if err := json.Unmarshal([]byte(description), &h); err != nil {
		return Holder{}
	}
	return h
}

const (
	descriptionLimit = 200 // characters, in NetBox
	nameLimit        = 40
)

// clip is a name as a description holds it.
func clip(name string) string {
	if runes := []rune(name); len(runes) > nameLimit {
		return string(runes[:nameLimit])
	}
	return name
}

// text is the holder as a description, names cut as far as it takes.
func (h Holder) text() string {
	h.Until = h.Until.UTC().Truncate(time.Millisecond)
	h.Host, h.User = clip(h.Host), clip(h.User)
	for {
		var b strings.Builder
		enc := json.NewEncoder(&b)
		enc.SetEscapeHTML(false)
		_ = enc.Encode(h) // of plain values: cannot fail
		text := strings.TrimSpace(b.String())
		if len([]rune(text)) <= descriptionLimit || h.User == "" {
			return text
		}
		runes := []rune(h.User)
		h.User = string(runes[:len(runes)-1])
	}
}

// process is what tells a process from every other one of a host: its process namespace,
// its number and when it was started.
type process struct {
	space string
	id    int
	start string
}

func (p process) String() string { return fmt.Sprintf("%s/%d/%s", p.space, p.id, p.start) }

func parse(s string) (p process, ok bool) {
	parts := strings.Split(s, "/")
	if len(parts) != 3 {
		return p, false
	}
	_, err := fmt.Sscanf(parts[1], "%d", &p.id)
	p.space, p.start = parts[0], parts[2]
	return p, err == nil && p.id > 0
}
