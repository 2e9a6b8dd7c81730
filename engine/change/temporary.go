package change

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
)

// TemporaryName is the name of an object while its own is not free yet, or not deserved.
func TemporaryName(object string) string {
	sum := sha256.Sum256([]byte(object))
	return "~diet-" + hex.EncodeToString(sum[:6])
}

// UnfinishedPrefix begins the slugs of what a plan has begun to make.
func UnfinishedPrefix(plan string) string { return "diet-tmp-" + plan + "-" }

// Unfinished is the slug and the label that a shared object has until all its parts are
// there: diet began it, and the next run finishes it.
func Unfinished(plan, slug string) (temporary, label string) {
	const longest = 100 // NetBox's
	temporary = UnfinishedPrefix(plan) + slug
	if len(temporary) > longest {
		end := TemporaryName(temporary)[1:]
		temporary = strings.ToValidUTF8(temporary[:longest-len(end)], "") + end
	}
	return temporary, UnfinishedLabel(plan, temporary)
}

// UnfinishedLabel is the label that goes with such a slug. Nobody else chooses it.
func UnfinishedLabel(plan, temporary string) string { return TemporaryName(plan + "/" + temporary) }

// ParkingID is the diet id of the port that an end of a cable is plugged into temporarily.
func ParkingID(cable string) string { return cable + "^" }

// IsParking reports whether a diet id is one of those.
func IsParking(object string) bool { return strings.HasSuffix(object, "^") }
