package survey

import "slices"

// medium is what cables carry: they go from ports of one kind to ports of another.
type medium struct {
	word      string // as zones say it; "" is data
	near, far string
}

var (
	data  = medium{"", "interface", "interface"}
	media = []medium{{"power", "power_port", "power_outlet"}, {"console", "console_port", "console_server_port"}}
)

// supplies reads what is plugged in beside data, and notes which classes others are plugged into:
// to a plan these are switches, whatever people call them.
func (k *sketch) supplies() []*wiring {
	out := make([]*wiring, len(media))
	for i, m := range media {
		out[i] = wired(k.site, k.classes, m)
		for _, c := range k.classes {
			if c.carries == "" && len(out[i].types[c]) > 0 {
				c.carries = m.word
			}
		}
	}
	return out
}

// supplied makes out what is plugged in of one sort.
func (k *sketch) supplied(w *wiring) {
	for _, c := range k.classes {
		w.plugs(c)
	}
	for _, c := range k.classes {
		for _, other := range k.classes {
			if list := w.wires[c][other]; len(list) > 0 && c != other {
				n := len(c.links)
				w.linked(c, other, list)
				for _, l := range c.links[n:] {
					l.word = w.word
				}
			}
		}
	}
	for _, c := range k.classes {
		w.widen(c)
	}
}

// uncounted is how many cables of one sort are no link's.
func (w *wiring) uncounted(all []*class) int {
	n := 0
	for _, c := range all {
		for _, list := range w.wires[c] {
			n += len(list)
		}
		for _, l := range c.links {
			if l.word == w.word && l.feeds == "" {
				n -= l.cables
			}
		}
	}
	return max(n, 0)
}

// aside reports whether a port carries no data.
func (p *Port) aside() bool {
	return slices.ContainsFunc(media, func(m medium) bool { return p.Kind == m.near || p.Kind == m.far })
}

// isMedium reports whether a word stands before a port of a zone in an object id.
func isMedium(word string) bool {
	return slices.ContainsFunc(media, func(m medium) bool { return m.word == word })
}
