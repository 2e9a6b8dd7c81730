package model

import (
	"net/netip"

	"github.com/diet-project/diet/mirror/sandbox/table"
)

// scoped are the places that a scope means: what is scoped goes with them.
func scoped() []*table.Field {
	return []*table.Field{
		hiddenRef("_site", "sites", cascade), hiddenRef("_location", "locations", cascade),
	}
}

// prepareScope notes what the scope means, so that it goes when that goes.
func prepareScope(t *table.Tx, _ *table.Record, d *table.Draft) {
	noteScope(t, d, "scope_type", "scope_id", "Invalid scope object: %s ID %s")
}

// noteScope notes the place that a pair of fields means.
func noteScope(t *table.Tx, d *table.Draft, typeField, idField, complaint string) {
	r := d.Record
	scope := t.Generic(r, typeField, idField)
	r.Set("_site", nil)
	r.Set("_location", nil)
	switch {
	case r.Text(typeField) != "" && scope == nil:
		d.Faults.Add(idField, complaint, r.Text(typeField), table.Plain(r.Get(idField)))
	case scope == nil:
	case scope.Model.Kind == "sites":
		r.Set("_site", scope.ID)
	case scope.Model.Kind == "locations":
		r.Set("_location", scope.ID)
		r.Set("_site", scope.Get("site"))
	}
}

// showFree lists the free addresses of a prefix.
func showFree(e *table.Encoder, r *table.Record, most int) any {
	list := []any{}
	for _, a := range free(e.Store, r, most) {
		list = append(list, table.Dict{{"family", familyOf(a)}, {"address", a}, {"vrf", nil}})
	}
	return list
}

// fillFree gives new addresses the first free ones of a prefix.
func fillFree(t *table.Tx, r *table.Record, body any) any {
	items, many := body.([]any)
	if !many {
		items = []any{body}
	}
	free := free(t.Store, r, len(items))
	if len(free) < len(items) {
		panic(table.Detail(409, "Insufficient resources are available to satisfy the request"))
	}
	for i, item := range items {
		if in, ok := item.(map[string]any); ok {
			in["address"] = free[i]
		}
	}
	return body
}

// free lists the first addresses of a prefix that nothing has.
func free(s *table.Store, r *table.Record, most int) []string {
	p, err := netip.ParsePrefix(r.Text("prefix"))
	if err != nil {
		return nil
	}
	taken := map[netip.Addr]bool{}
	for _, a := range s.All("ip-addresses", s.Tables["ip-addresses"].IDs) {
		if q, err := netip.ParsePrefix(a.Text("address")); err == nil {
			taken[q.Addr()] = true
		}
	}
	// The first address is the network's, the last of IPv4 the broadcast, unless
	// there are two at the most, or the prefix is a pool.
	whole := r.Flag("is_pool") || p.Addr().BitLen()-p.Bits() < 2
	var found []string
	for a := p.Addr(); p.Contains(a) && len(found) < most; a = a.Next() {
		edge := a == p.Addr() || a.Is4() && !p.Contains(a.Next())
		if !taken[a] && (whole || !edge) {
			found = append(found, netip.PrefixFrom(a, p.Bits()).String())
		}
	}
	return found
}
