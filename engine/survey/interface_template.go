package survey

// portsOf are the interfaces that devices of a type have by it.
func (s *Site) portsOf(typ string) map[string]bool {
	if s.ports == nil {
		s.ports = map[string]map[string]bool{}
		for _, t := range s.Templates {
			if t.OfModule || t.Kind != "interface_template" {
				continue
			}
			if s.ports[t.Of] == nil {
				s.ports[t.Of] = map[string]bool{}
			}
			s.ports[t.Of][t.Name] = true
		}
	}
	return s.ports[typ]
}
