package mirror_test

import (
	"strings"
	"testing"
	"time"

	"github.com/diet-project/diet/mirror"
)

// TestAViewThatWidensIsSeenAtOnce has the token see part of NetBox for a sync, and all of it at the next one, though
// nothing changed and all was counted just before.
func TestAViewThatWidensIsSeenAtOnce(t *testing.T) {
	t.Parallel()
	for name, hidden := range map[string]func(path string) bool{
		"all":          func(path string) bool { return strings.HasPrefix(path, "/api/dcim/") },
		"shared kinds": func(path string) bool { return path == "/api/dcim/device-types/" || path == "/api/dcim/manufacturers/" },
		"devices":      func(path string) bool { return path == "/api/dcim/devices/" || path == "/api/dcim/manufacturers/" },
	} {
		for when, before := range map[string]bool{"a mirror that knew": true, "a new mirror": false} {
			t.Run(name+", "+when, func(t *testing.T) {
				t.Parallel()
				if name != "shared kinds" && !before {
					t.Skip("what it never saw, and nothing refers to, is counted when that is due")
				}
				w := newWorld(t, "4.6")
				w.build()
				w.sleep(time.Hour) // so that last_updated tells nothing
				if before {
					w.sync(mirror.Options{})
				}
				w.setHide(func(path string, _ map[string]any) bool { return hidden(path) })
				w.sync(mirror.Options{Full: true, Force: true})
				w.setHide(nil)
				w.sleep(time.Minute)
				w.follow(name)
			})
		}
	}
}
