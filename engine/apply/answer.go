package apply

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/diet-project/diet/mirror/netbox"
)

// answered returns the NetBox ids that a request wrote, by the place in its batch; 0
// where it wrote nothing, or the answer does not tell. failure is the writer's error.
func answered(method, kind string, batch []*item, objects []netbox.Object, failure error) []int64 {
	ids := make([]int64, len(batch))
	if failure != nil && !carriedOut(failure) {
		return ids
	}
	over := passedOver(failure)
	at := places(method, kind, objects)
	for i, it := range batch {
		switch {
		case over[it.id]:
		case method == remove:
			ids[i] = it.id
		case method == patch:
			ids[i] = at[it.id]
		case at[it.change.Object] != 0:
			ids[i] = at[it.change.Object]
		case len(objects) == len(batch):
			ids[i] = at[i]
		}
	}
	return ids
}

// short is the error for an answer that does not hold every object: what became of the
// others is unknown.
func short(method, kind string, ids []int64) error {
	missing := 0
	for _, id := range ids {
		if id == 0 {
			missing++
		}
	}
	detail := fmt.Sprintf("%d objects sent, %d answered", len(ids), len(ids)-missing)
	return &netbox.Error{Method: method, Path: kind, Unknown: true, Detail: detail}
}

// places are the NetBox ids in an answer: of an update, by NetBox id; of a create, by
// diet id, which counts more than the order, else by place.
func places(method, kind string, objects []netbox.Object) map[any]int64 {
	at := make(map[any]int64, len(objects))
	for i, o := range objects {
		var body struct {
			CustomFields struct {
				Object string `json:"diet_object_id"`
			} `json:"custom_fields"`
		}
		switch {
		case method == patch:
			at[o.ID] = o.ID
		case owned(kind) && json.Unmarshal(o.Raw, &body) == nil && body.CustomFields.Object != "":
			at[body.CustomFields.Object] = o.ID
		default:
			at[i] = o.ID
		}
	}
	return at
}

// carriedOut reports a request that NetBox carried out except for some objects, which
// the error names: up to 4.6 it skips those that are not there or that the token may not
// write.
func carriedOut(err error) bool { return passedOver(err) != nil }

func passedOver(err error) map[int64]bool {
	var e *netbox.Error
	if !errors.As(err, &e) || e.Unknown || e.Status/100 != 2 || len(e.Items) == 0 {
		return nil
	}
	over := map[int64]bool{}
	for _, item := range e.Items {
		over[item.ID] = true
	}
	return over
}
