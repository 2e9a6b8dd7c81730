package survey

import "github.com/diet-project/diet/generate/plain"

// beyond are the ports that something is plugged into which leads to where no plan has a cable: to panels,
// circuits, other sites; or which has several ends on a side.
func (s *Site) beyond() map[Port]bool {
	known, out := map[int64]bool{}, map[Port]bool{}
	for _, x := range s.Cables {
		known[x.ID] = true
	}
	for _, p := range s.Ports {
		if p.Cable != 0 && !known[p.Cable] {
			out[p] = true
		}
	}
	return out
}

// tellBeyond notes the cables of those ports.
func (k *sketch) tellBeyond() {
	cables := map[int64]bool{}
	for p := range k.site.beyond() {
		if k.wiring.of[p.Device] != nil {
			cables[p.Cable] = true
		}
	}
	if n := len(cables); n > 0 {
		k.note("%s on a side, as no plan has them: %s left alone, and %s taken.",
			plain.Count(n, "cable leads to a patch panel, a circuit, another site or the like, or has several ends",
				"cables lead to patch panels, circuits, other sites and the like, or have several ends"),
			pick(n, "it is", "they are"), pick(n, "its ports are", "their ports are"))
	}
}
