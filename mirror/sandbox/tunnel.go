package sandbox

import "cmp"

func tunnelModel() *model {
	return &model{
		kind: "tunnels", app: "vpn", name: "tunnel", label: "tunnel", plural: "tunnels", order: byName,
		brief: []string{"id", "url", "display", "name", "description"}, unique: []constraint{uniqueField("vpn_tunnel", "name")},
		fields: together(head(true), nameField(), choiceField("status", tunnelStatuses, required), absent("group"),
			choiceField("encapsulation", tunnelKinds, required), absent("ipsec_profile"), refField("tenant", "tenants", deleting(protect)),
			typed("tunnel_id", integer, nullable, between(0, 9223372036854775807)), description(), owner(), comments(), marks(), dates(),
			counter("terminations_count", "tunnel-terminations", "tunnel", omitNested)),
	}
}

func tunnelEndModel() *model {
	return &model{
		kind: "tunnel-terminations", app: "vpn", name: "tunneltermination", label: "tunnel termination", plural: "tunnel terminations",
		brief: []string{"id", "url", "display"}, order: byTunnel,
		title: func(s *state, r *record) string { return s.titleOf(s.to(r, "tunnel")) + ": Termination " + plain(r.id) },
		keys:  []keyIndex{assignment("termination_type", "termination_id")}, extra: map[string]filterFunc{"interface_id": attachedTo("tunnel-terminations")},
		unique: []constraint{{
			name: "vpn_tunneltermination_termination", fields: []string{"termination_type", "termination_id"},
			message: "An object may be terminated to only one tunnel at a time.",
		}},
		fields: together(head(true), refField("tunnel", "tunnels", required, deleting(cascade)), choiceField("role", tunnelRoles, required),
			typed("termination_type", typeName, required), typed("termination_id", integer, required),
			computedField("termination", showTunnelEnd), refField("outside_ip", "ip-addresses", deleting(protect)), marks(), dates()),
	}
}

func byTunnel(a, b *record) int {
	return cmp.Or(cmp.Compare(a.ref("tunnel"), b.ref("tunnel")), cmp.Compare(a.text("role"), b.text("role")))
}

func showTunnelEnd(e *encoder, r *record) {
	if o := e.s.generic(r, "termination_type", "termination_id"); o != nil {
		e.embed(o, nil)
		return
	}
	e.raw("null")
}

var tunnelStatuses = choices{{"planned", "Planned", 0, 0}, {"active", "Active", 0, 0}, {"disabled", "Disabled", 0, 0}}

var tunnelKinds = choices{
	{"ipsec-transport", "IPsec - Transport", 0, 0}, {"ipsec-tunnel", "IPsec - Tunnel", 0, 0}, {"ip-ip", "IP-in-IP", 0, 0}, {"gre", "GRE", 0, 0},
	{"wireguard", "WireGuard", 0, 0}, {"openvpn", "OpenVPN", 0, 0}, {"l2tp", "L2TP", 0, 0}, {"pptp", "PPTP", 0, 0},
}

var tunnelRoles = choices{{"peer", "Peer", 0, 0}, {"hub", "Hub", 0, 0}, {"spoke", "Spoke", 0, 0}}
