package netbox

import "github.com/diet-project/diet/mirror/kinds"

// ObjectChange is the changelog: it is read like a kind, but is not in the registry.
var ObjectChange = kinds.Kind{Name: "object_change", Endpoint: "core/object-changes"}

// The fields of [ObjectChange]: the slim ones, and the two costly ones that say what
// an object was before and after.
const (
	ChangeFields = "id,time,user_name,request_id,action,changed_object_type,changed_object_id,message"
	ChangeData   = ",prechange_data,postchange_data"
)
