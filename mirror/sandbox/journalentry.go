package sandbox

import "strconv"

func journalModel() *model {
	return &model{
		kind: "journal-entries", app: "extras", name: "journalentry", label: "journal entry", plural: "journal entries",
		brief: []string{"id", "url", "display", "created"}, order: newestFirst,
		title: func(_ *state, r *record) string {
			return r.created.Format("2006-01-02 15:04:05") + " (" + r.model.byName["kind"].labels[r.text("kind")] + ")"
		},
		prepare: prepareJournal, clean: cleanJournal, searchable: []string{"comments"},
		keys: []keyIndex{assignment("assigned_object_type", "assigned_object_id")},
		fields: together(head(true), typed("assigned_object_type", typeName, required),
			typed("assigned_object_id", integer, required, between(0, 9223372036854775807)), computedField("assigned_object", showAssigned),
			typed("created", created, readOnly), typed("created_by", integer, nullable),
			choiceField("kind", journalEntryKinds, defaults("info")), textField("comments", required), marks(),
			typed("last_updated", lastUpdated, readOnly)),
	}
}

func newestFirst(a, b *record) int { return b.created.Compare(a.created) }

// prepareJournal has the writer sign.
func prepareJournal(t *tx, old *record, d *draft) {
	if old == nil && d.r.get("created_by") == nil {
		d.r.set("created_by", t.user.id)
	}
}

func cleanJournal(t *tx, _ *record, d *draft) {
	m := t.byType[d.r.text("assigned_object_type")]
	if m != nil && t.find(m.kind, d.r.ref("assigned_object_id")) == nil {
		d.faults.add(t.wholeKey(), "Invalid assigned_object: %s ID %s",
			m.objectType(), strconv.FormatInt(d.r.ref("assigned_object_id"), 10))
	}
}
