package sandbox

import "cmp"

func contactRoleModel() *model {
	return &model{
		kind: "contact-roles", app: "tenancy", name: "contactrole", label: "contact role", plural: "contact roles", order: byName,
		brief:  briefly(),
		unique: []constraint{uniqueField("tenancy_contactrole", "name"), uniqueField("tenancy_contactrole", "slug")},
		fields: together(head(true), nameField(), slugField(), description(), owner(), comments(since(5)), marks(), dates()),
	}
}

func contactModel() *model {
	return &model{
		kind: "contacts", app: "tenancy", name: "contact", label: "contact", plural: "contacts", order: byName,
		brief: []string{"id", "url", "display", "name", "description"},
		fields: together(head(true), absent("group", until(3)), absentList("groups", since(3)), nameField(), textField("title", maxLen(100)),
			textField("phone", maxLen(50)), textField("email", maxLen(254)), textField("address", maxLen(200)), textField("link", maxLen(200)),
			description(), owner(), comments(), marks(), dates()),
	}
}

func contactAssignmentModel() *model {
	return &model{
		kind: "contact-assignments", app: "tenancy", name: "contactassignment", label: "contact assignment", plural: "contact assignments",
		brief: []string{"id", "url", "display", "contact", "role", "priority"}, noBrowse: true,
		order: func(a, b *record) int { return cmp.Compare(a.ref("contact"), b.ref("contact")) },
		title: func(s *state, r *record) string {
			who := s.titleOf(s.to(r, "contact"))
			if p := r.text("priority"); p != "" {
				who += " (" + r.model.byName["priority"].labels[p] + ")"
			}
			if o := s.generic(r, "object_type", "object_id"); o != nil {
				return who + " -> " + s.titleOf(o)
			}
			return who + " -> None"
		},
		keys: []keyIndex{assignment("object_type", "object_id")},
		unique: []constraint{
			uniqueTogether("tenancy_contactassignment_unique_object_contact_role", "object_type", "object_id", "contact", "role"),
		},
		fields: together(head(false), typed("object_type", typeName, required), typed("object_id", integer, required),
			computedField("object", showContacted), refField("contact", "contacts", required, deleting(protect)),
			refField("role", "contact-roles", required, deleting(protect)), choiceField("priority", contactPriorities, nullable, blankable),
			marks(), dates()),
	}
}

func showContacted(e *encoder, r *record) {
	if o := e.s.generic(r, "object_type", "object_id"); o != nil {
		e.embed(o, nil)
		return
	}
	e.raw("null")
}

var contactPriorities = choices{
	{"primary", "Primary", 0, 0}, {"secondary", "Secondary", 0, 0}, {"tertiary", "Tertiary", 0, 0}, {"inactive", "Inactive", 0, 0},
}
