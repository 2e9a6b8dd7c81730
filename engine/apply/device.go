package apply

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"github.com/diet-project/diet/engine/change"
)

// deleteDevices deletes the doomed devices, and tells of the interfaces that went
// with them.
func (a *Applier) deleteDevices(ctx context.Context) error {
	if err := a.deletes("device")(ctx); err != nil {
		return err
	}
	for _, c := range a.acting("interface", change.Delete) {
		if c.With == "" || !c.Deletes() {
			continue
		}
		a.done++
		if why, failed := a.bad[c.With]; failed {
			o := outcome(c, 0)
			o.Reason = fmt.Sprintf("is deleted along with %s, which %s", c.With, why)
			a.result.Skipped = append(a.result.Skipped, o)
			continue
		}
		a.deleted(&item{change: c}, c.NetBoxID)
	}
	return nil
}

// freeNames gives every device whose name or rack unit is another one's target a
// temporary name, or none: NetBox checks each object of a batch as it goes, so
// that swaps and chains would fail.
func (a *Applier) freeNames(ctx context.Context) error {
	targets := map[string]bool{}
	changes := a.ready(a.acting("device", change.Create, change.Update, change.Adopt))
	for _, c := range changes {
		if name, ok := wanted(c, "name").(string); ok {
			targets[strings.ToLower(name)] = true
		}
	}
	places := placeTargets(changes)
	var wave []*item
	for _, c := range changes {
		if c.Action != change.Update {
			continue
		}
		payload := map[string]any{"id": c.NetBoxID}
		have, _ := c.Before.Have["name"].(string)
		if to, renames := wanted(c, "name").(string); renames && !strings.EqualFold(to, have) && targets[strings.ToLower(have)] {
			payload["name"] = TemporaryName(c.Object)
		}
		if wanted(c, "position") != nil && places[placeOf(c.Before.Have["rack"], c.Before.Have["position"])] {
			payload["position"] = nil
		}
		if len(payload) > 1 {
			wave = append(wave, &item{change: c, payload: payload, id: c.NetBoxID, version: c.Before.LastUpdated})
		}
	}
	return a.send(ctx, patch, "device", wave, func(it *item, _ int64) {
		it.change.Before.LastUpdated = ""
		for _, field := range []string{"name", "position"} {
			if v, written := it.payload[field]; written {
				it.change.Before.Have[field] = v
			}
		}
		a.freed[it.change.Object] = true
	})
}

// ready are the changes whose needs are met: no other may take a name or a place from
// what stays as it is.
func (a *Applier) ready(changes []*change.Change) []*change.Change {
	return slices.DeleteFunc(changes, func(c *change.Change) bool {
		return slices.ContainsFunc(c.Fields, func(f change.Field) bool {
			_, err := a.resolve(f.Want)
			return err != nil
		})
	})
}

// TemporaryName is the name that a device bears while its own is not free yet.
func TemporaryName(object string) string {
	sum := sha256.Sum256([]byte(object))
	return "~diet-" + hex.EncodeToString(sum[:6])
}

func placeTargets(changes []*change.Change) map[string]bool {
	places := map[string]bool{}
	for _, c := range changes {
		if position := wanted(c, "position"); position != nil {
			rack := wanted(c, "rack")
			if rack == nil && c.Before != nil {
				rack = c.Before.Have["rack"]
			}
			places[placeOf(rack, position)] = true
		}
	}
	return places
}

func placeOf(rack, position any) string { return fmt.Sprint(rack, "@", position) }
