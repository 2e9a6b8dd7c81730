package model

import (
	"strings"

	"github.com/diet-project/diet/mirror/sandbox/table"
)

var wirelessNouns = []noun{
	{
		at: "wireless/wireless-lan-groups", tree: true, unique: rules{alone("name"), alone("slug")},
		fields: fields{"parent": to("wireless-lan-groups", cascade), "wirelesslan_count": within("wireless-lans", "group")},
	},
	{
		at: "wireless/wireless-lans", title: byField("ssid"), prepare: prepareScope, search: "ssid description",
		fields: fields{
			"group": to("wireless-lan-groups", setNull), "status": def("active"), "vlan": to("vlans", protect), "scope_type": objectType,
			"scope": generic("scope_type", "scope_id"), "tenant": to("tenants", protect),
		},
		also: scoped(),
	},
	{
		at: "wireless/wireless-links", title: linkTitle, clean: cleanWireless, search: "ssid description",
		unique: rules{together("wireless_wirelesslink_unique_interfaces", "interface_a", "interface_b")},
		fields: fields{
			"interface_a": to("interfaces", protect), "interface_b": to("interfaces", protect), "status": def("connected"),
			"tenant": to("tenants", protect),
		},
	},
}

func linkTitle(_ *table.Store, r *table.Record) string {
	if s := r.Text("ssid"); s != "" {
		return s
	}
	return "#" + table.Plain(r.ID)
}

func cleanWireless(t *table.Tx, _ *table.Record, d *table.Draft) {
	for _, name := range []string{"interface_a", "interface_b"} {
		i := t.To(d.Record, name)
		if kind := i.Text("type"); !strings.HasPrefix(kind, "ieee802.11") && !strings.HasPrefix(kind, "ieee802.15") && kind != "other-wireless" {
			d.Faults.Add(name, "%s is not a wireless interface.", i.Model.ByName["type"].Labels[kind])
			return
		}
	}
}
