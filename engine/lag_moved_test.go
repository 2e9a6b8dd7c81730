package engine_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/diet-project/diet/engine/change"
)

// lagsMoved are renamings of what the ids of LAGs go by, on servers and on switches.
var lagsMoved = map[string][]string{
	"class":    {"    web:\n", "    app:\n", "moved: [{from: web, to: app}]"},
	"switches": {"        leaf: {role", "        edge: {role", "dc.leaf/", "dc.edge/", "moved: [{from: dc.leaf, to: dc.edge}]"},
	"fabric":   {"    dc:\n", "    net:\n", "to: dc.", "to: net.", "moved: [{from: dc, to: net}]"},
	"link":     {"{data: {", "{front: {", "moved: [{from: 'web/web/lag:data', to: 'web/web/lag:front'}]"},
	"class and fabric": {
		"    web:\n", "    app:\n", "    dc:\n", "    net:\n", "to: dc.", "to: net.", "moved: [{from: web, to: app}, {from: dc, to: net}]",
	},
}

// TestMovedLags renames what LAGs go by, at once or one after the other: they are the same objects, with the
// same members, under new ids; and are under the old ones again once that is rolled back.
func TestMovedLags(t *testing.T) {
	t.Parallel()
	for name, edits := range lagsMoved {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := setup(t, "4.6")
			before := w.edited(pairs)
			w.apply(before)
			ids, fields := w.lagIDs(), w.fieldsOf()
			moved := edits[len(edits)-1]
			text := strings.NewReplacer(append(edits[:len(edits)-1:len(edits)-1], "  reconcile:", "  "+moved+"\n  reconcile:")...).Replace(pairs)
			plan := w.planned(text)
			for _, c := range w.preview(plan).Changes {
				if c.Action == change.Create || c.Action == change.Delete || c.Verdict.Waits() {
					t.Errorf("%s %s %s, want the same objects", c.Action, c.Kind, c.Object)
				}
			}
			w.apply(plan)
			w.unique()
			if got := w.lagIDs(); got != ids {
				t.Errorf("the members are\n%s\nand were\n%s", got, ids)
			}
			w.sparesNothing(before)
			w.sameFields(fields)
			w.law(before)
			w = w.moment().world(t, "mirror.db")
			w.open("another.db")
			w.apply(w.planned(strings.Replace(text, "site: ams2", "site: ams2\n  defaults: {description: anew}", 1)))
			if got := w.lagIDs(); got != ids {
				t.Errorf("the members are\n%s\nand were\n%s", got, ids)
			}
			after := w.planned(strings.NewReplacer("  "+moved+"\n", "", "site: ams2", "site: ams2\n  defaults: {description: anew}").Replace(text))
			w.law(after)
		})
	}
}

// lagIDs are the NetBox ids of all LAGs, with their members.
func (w *world) lagIDs() string {
	out := ""
	for _, o := range w.server.Objects("interfaces") {
		if lag, _ := o["lag"].(map[string]any); lag != nil {
			out += fmt.Sprint(o["id"], " in ", lag["id"], "\n")
		}
	}
	return out
}
