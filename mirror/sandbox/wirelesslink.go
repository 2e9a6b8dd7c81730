package sandbox

import "strings"

func wirelessModel() *model {
	return &model{
		kind: "wireless-links", app: "wireless", name: "wirelesslink", label: "wireless link", plural: "wireless links",
		brief: []string{"id", "url", "display", "ssid", "description"}, clean: cleanWireless, searchable: []string{"ssid", "description"},
		title: func(_ *state, r *record) string {
			if s := r.text("ssid"); s != "" {
				return s
			}
			return "#" + plain(r.id)
		},
		unique: []constraint{uniqueTogether("wireless_wirelesslink_unique_interfaces", "interface_a", "interface_b")},
		fields: together(head(true), refField("interface_a", "interfaces", required, deleting(protect)),
			refField("interface_b", "interfaces", required, deleting(protect)), textField("ssid", maxLen(32), labelled("SSID")),
			choiceField("status", linkStatuses, defaults("connected")), refField("tenant", "tenants", deleting(protect)),
			choiceField("auth_type", wirelessAuths, nullable, blankable), choiceField("auth_cipher", wirelessCiphers, nullable, blankable),
			textField("auth_psk", maxLen(64)), typed("distance", decimal, nullable, digits(8, 2)),
			choiceField("distance_unit", distanceUnits, nullable, blankable), description(), owner(), comments(), marks(), dates()),
	}
}

func cleanWireless(t *tx, _ *record, d *draft) {
	for _, name := range []string{"interface_a", "interface_b"} {
		i := t.to(d.r, name)
		if kind := i.text("type"); !strings.HasPrefix(kind, "ieee802.11") && !strings.HasPrefix(kind, "ieee802.15") && kind != "other-wireless" {
			d.faults.add(name, "%s is not a wireless interface.", i.model.byName["type"].labels[kind])
			return
		}
	}
}

var wirelessAuths = choices{
	{"open", "Open", 0, 0}, {"wep", "WEP", 0, 0}, {"wpa-personal", "WPA Personal (PSK)", 0, 0}, {"wpa-enterprise", "WPA Enterprise", 0, 0},
}

var wirelessCiphers = choices{{"auto", "Auto", 0, 0}, {"tkip", "TKIP", 0, 0}, {"aes", "AES", 0, 0}}

var distanceUnits = choices{{"km", "Kilometers", 0, 0}, {"m", "Meters", 0, 0}, {"mi", "Miles", 0, 0}, {"ft", "Feet", 0, 0}}
