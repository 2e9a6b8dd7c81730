package lease

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"

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

// HoldSlug is that of the hold on a plan.
func HoldSlug(plan string) string { return slugOf(holdPrefix, plan) }

// ReadHold is the hold in a description; the zero hold where that is none.
func ReadHold(description string) Hold {
	var h Hold
	if err := json.Unmarshal([]byte(description), &h); err != nil {
		return Hold{}
	}
	return h
}

// Cause tells a hold from others, for what is answered about it; "" of the zero hold.
func (h Hold) Cause() string {
	if h.Run == "" {
		return ""
	}
	return h.Run + " " + h.By
}

// HoldOn is the hold on a plan as NetBox has it; the zero hold for none.
func HoldOn(ctx context.Context, on NetBox, plan string) (Hold, error) {
	found, err := holdTag(ctx, on, plan)
	if err != nil || found == nil {
		return Hold{}, err
	}
	return ReadHold(found.Description), nil
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
func (h Hold) Put(ctx context.Context, on NetBox, plan string) ([]netbox.Object, error) {
	text, err := json.Marshal(h)
	if err != nil {
		return nil, fmt.Errorf("hold plan %q: %w", plan, err)
	}
	there, err := holdTag(ctx, on, plan)
	if err != nil {
		return nil, err
	}
	var result netbox.Result
	if there != nil {
		item := map[string]any{"id": there.ID, "description": string(text)}
		result, err = on.Update(ctx, Kind, []map[string]any{item}, holdMessage)
	} else {
		slug := HoldSlug(plan)
		item := map[string]any{"name": slug, "slug": slug, "description": string(text)}
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
