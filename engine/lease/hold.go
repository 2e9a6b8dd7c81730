package lease

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/diet-project/diet/mirror/kinds"
	"github.com/diet-project/diet/mirror/netbox"
)

// holdPrefix begins the slug of every hold.
const holdPrefix = "diet-hold-"

// Hold keeps a plan from being applied again as it was when a run of it was rolled back. It
// is a tag in NetBox, like a lease.
type Hold struct {
	Run    string `json:"run"`    // the run that was undone
	By     string `json:"by"`     // the run that undid it
	Digest string `json:"digest"` // of the plan's file then, cut; "" if it is not known
}

// digestLength is how much of a digest a hold keeps.
const digestLength = 16

// NewHold is the hold on a plan whose file has a digest.
func NewHold(run, by, digest string) Hold {
	return Hold{Run: run, By: by, Digest: digest[:min(digestLength, len(digest))]}
}

// On reports whether the hold is on a plan with a digest.
func (h Hold) On(digest string) bool {
	return h.Run != "" && (h.Digest == "" || h.Digest == digest[:min(digestLength, len(digest))])
}

// HoldSlug is that of the holds on a plan.
func HoldSlug(plan string) string { return slugOf(holdPrefix, plan) }

// Holds are all that hold a plan, the newest first. They share a tag.
type Holds []Hold

// written are holds as the tag has them: the newest in the words that older diets read, and of the
// others what was undone, by what, and the digest.
type written struct {
	Hold
	Also []string `json:"also,omitempty"`
}

// idPrefix is that of the ids of runs; it is left out where room is scarce.
const idPrefix = "run-"

// ReadHolds are the holds in a description; none where that is something else.
func ReadHolds(description string) Holds {
	var w written
	if err := json.Unmarshal([]byte(description), &w); err != nil || w.Run == "" {
		return nil
	}
	all := Holds{w.Hold}
	for _, text := range w.Also {
		if words := strings.Split(text, " "); len(words) == 3 {
			all = append(all, Hold{Run: idPrefix + words[0], By: idPrefix + words[1], Digest: words[2]})
		}
	}
	return all
}

// text is holds as a description. Where there are more than that has room for, the newest is on
// the plan whatever it is: so none is lost.
func (all Holds) text() (string, error) {
	w := written{Hold: all[0]}
	for _, h := range all[1:] {
		w.Also = append(w.Also, strings.TrimPrefix(h.Run, idPrefix)+" "+strings.TrimPrefix(h.By, idPrefix)+" "+h.Digest)
	}
	for {
		text, err := json.Marshal(w)
		if err != nil || len([]rune(string(text))) <= descriptionLimit || len(w.Also) == 0 {
			return string(text), err
		}
		w.Digest, w.Also = "", w.Also[:len(w.Also)-1]
	}
}

// On is the newest hold on one of some deeds; the zero hold where none is.
func (all Holds) On(deeds ...string) Hold {
	for _, h := range all {
		if slices.ContainsFunc(deeds, h.On) {
			return h
		}
	}
	return Hold{}
}

// With are holds along with newer ones, of which each takes the place of one on the same.
func (all Holds) With(newer ...Hold) Holds {
	out := Holds(newer)
	for _, h := range all {
		if !slices.ContainsFunc(out, func(n Hold) bool { return n.Digest == h.Digest }) {
			out = append(out, h)
		}
	}
	return out
}

// Cause tells a hold from others, for what is answered about it; "" of the zero hold.
func (h Hold) Cause() string {
	if h.Run == "" {
		return ""
	}
	return h.Run + " " + h.By
}

// HoldsOn are the holds on a plan as NetBox has them.
func HoldsOn(ctx context.Context, on NetBox, plan string) (Holds, error) {
	found, err := holdTag(ctx, on, plan)
	if err != nil || found == nil {
		return nil, err
	}
	return ReadHolds(found.Description), nil
}

// holdTag is the tag that holds a plan, nil for none.
func holdTag(ctx context.Context, on NetBox, plan string) (*tag, error) {
	found, _, err := readTag(ctx, on, url.Values{"slug": {HoldSlug(plan)}})
	if err != nil {
		return nil, fmt.Errorf("read the hold on plan %q: %w", plan, err)
	}
	return found, nil
}

// Put has NetBox hold a plan, in place of what held it before, and returns the tag. At no moment
// is a plan that was held not held.
func (all Holds) Put(ctx context.Context, on NetBox, plan string) ([]netbox.Object, error) {
	text, err := all.text()
	if err != nil {
		return nil, fmt.Errorf("hold plan %q: %w", plan, err)
	}
	there, err := holdTag(ctx, on, plan)
	if err != nil {
		return nil, err
	}
	var result netbox.Result
	if there != nil {
		item := map[string]any{"id": there.ID, "description": text}
		result, err = on.Update(ctx, Kind, []map[string]any{item}, holdMessage)
	} else {
		slug := HoldSlug(plan)
		item := map[string]any{"name": slug, "slug": slug, "description": text}
		result, err = on.Create(ctx, Kind, []map[string]any{item}, holdMessage)
	}
	if err != nil {
		return nil, fmt.Errorf("hold plan %q: %w", plan, err)
	}
	return result.Objects, nil
}

// Release has NetBox hold a plan no longer, if it did, and returns the ids of the tags that are
// gone.
func Release(ctx context.Context, on NetBox, plan string) (gone []int64, err error) {
	query := url.Values{"slug": {HoldSlug(plan)}, "fields": {"id,description,last_updated"}}
	for page, err := range on.Pages(ctx, kinds.Standard().Must(Kind), query) {
		if err == nil && len(page.IDs) > 0 {
			_, err = on.Delete(ctx, Kind, page.IDs, holdMessage)
		}
		if err != nil {
			return gone, fmt.Errorf("release plan %q: %w", plan, err)
		}
		gone = append(gone, page.IDs...)
	}
	return gone, nil
}

// holdMessage tells holds from other edits of tags.
var holdMessage = netbox.Write{Message: Message + ": hold"}
