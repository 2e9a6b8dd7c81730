package engine_test

import (
	"fmt"
	"net/http"
	"testing"
)

// TestUnpluggedIsNoEdit has a person delete a cable of all lanes of a port: NetBox 4.7 logs of its ports which
// plugs they had, and nobody wrote that on them.
func TestUnpluggedIsNoEdit(t *testing.T) {
	t.Parallel()
	w := setup(t, "4.7")
	plan := w.edited(broken)
	w.apply(plan)
	w.byHandJSON(http.MethodDelete, fmt.Sprintf("dcim/cables/%v", w.object("cables", "web/dc.leaf[1]/1~")["id"]), "")
	w.sync()
	if list := w.preview(plan).Unmanaged; len(list) > 0 {
		t.Errorf("told as edits of hers: %v", list)
	}
	w.answersAsked(plan, "recreate")
	w.apply(plan)
	w.law(plan)
	w.same("plugged again", whole)
}
