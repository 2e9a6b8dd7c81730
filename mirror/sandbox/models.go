package sandbox

// allModels makes the tables of all kinds, fresh for one server: a release
// leaves its mark on them.
func allModels() []*model {
	return []*model{
		regionModel(), siteGroupModel(), siteModel(), locationModel(),
		tenantGroupModel(), tenantModel(),
		rackRoleModel(), rackModel(),
		manufacturerModel(), platformModel(), deviceTypeModel(), interfaceTemplateModel(),
		deviceRoleModel(), deviceModel(), interfaceModel(),
		cableModel(), terminationModel(),
		chassisModel(), contextModel(), bayModel(), itemModel(), macModel(), reservationModel(),
		addressModel(), vlanGroupModel(), vlanModel(), prefixModel(), serviceModel(),
		clusterTypeModel(), clusterModel(), machineModel(), wirelessModel(), tunnelModel(), tunnelEndModel(),
		contactRoleModel(), contactModel(), contactAssignmentModel(),
		tagModel(), customFieldModel(), choiceSetModel(), journalModel(),
		userModel(), permissionModel(), tokenModel(),
	}
}

// otherTypes are object types that NetBox knows and the sandbox does not keep.
var otherTypes = map[string]bool{
	"circuits.circuit": true, "circuits.circuittermination": true, "circuits.provider": true,
	"dcim.consoleport": true, "dcim.consoleserverport": true,
	"dcim.frontport": true, "dcim.module": true,
	"dcim.modulebay": true, "dcim.moduletype": true, "dcim.powerfeed": true, "dcim.poweroutlet": true,
	"dcim.powerpanel": true, "dcim.powerport": true, "dcim.racktype": true,
	"dcim.rearport":  true,
	"ipam.aggregate": true, "ipam.asn": true, "ipam.fhrpgroup": true, "ipam.iprange": true,
	"ipam.rir": true, "ipam.role": true, "ipam.routetarget": true,
	"ipam.vrf": true,

	"core.objectchange": true, "virtualization.vminterface": true,
}

func (s *state) knowsType(name string) bool { return s.byType[name] != nil || otherTypes[name] }

// head is how most objects begin.
func head(page bool) []*field {
	fields := []*field{typed("id", identifier, readOnly), typed("url", apiURL, readOnly)}
	if page {
		fields = append(fields, typed("display_url", displayURL, readOnly))
	}
	return append(fields, typed("display", display, readOnly))
}

// owner came with 4.5; the sandbox knows no owners.
func owner() *field { return absent("owner", since(5)) }

// marks are what every object that can be tagged carries.
func marks() []*field {
	return []*field{
		typed("tags", tags),
		typed("add_tags", addTags, hiddenInput, since(6)),
		typed("remove_tags", removeTags, hiddenInput, since(6)),
		typed("custom_fields", customFields),
	}
}

func dates() []*field {
	return []*field{typed("created", created, readOnly), typed("last_updated", lastUpdated, readOnly)}
}

// hiddenInput is taken from a body and never shown.
func hiddenInput(f *field) { f.writeOnly = true }

func description() *field { return textField("description", maxLen(200)) }

func comments(opts ...option) *field { return textField("comments", opts...) }

func nameField() *field { return textField("name", required, maxLen(100), indexed) }

func slugField() *field { return typed("slug", slug, required, maxLen(100), indexed) }

// together joins lists of fields.
func together(parts ...any) []*field {
	var all []*field
	for _, p := range parts {
		switch x := p.(type) {
		case *field:
			all = append(all, x)
		case []*field:
			all = append(all, x...)
		}
	}
	return all
}

// depth is how far down its tree an object stands.
func depth(opts ...option) *field {
	return computedField("_depth", func(e *encoder, r *record) {
		n := 0
		for at := e.s.to(r, "parent"); at != nil && n < 100; at = e.s.to(at, "parent") {
			n++
		}
		e.value(n)
	}, opts...)
}

// naught is a counter of things that the sandbox does not keep.
func naught(name string, opts ...option) *field {
	return fixedField(name, "0", append([]option{omitNested}, opts...)...)
}

var organised = []string{"id", "url", "display", "name", "slug", "description"}

// brief lists the usual short fields and more.
func briefly(more ...string) []string {
	return append(append([]string{}, organised...), more...)
}

// inTree are the rules of names in a tree: unique below one parent.
func inTree(table, label string) []constraint {
	top := func(name string) constraint {
		return constraint{
			name: table + "_" + name, fields: []string{name},
			message: "A top-level " + label + " with this " + name + " already exists.",
			key:     func(r *record) (string, bool) { return r.text(name), r.get("parent") == nil },
		}
	}
	return []constraint{
		uniqueTogether(table+"_parent_name", "parent", "name"), top("name"),
		uniqueTogether(table+"_parent_slug", "parent", "slug"), top("slug"),
	}
}
