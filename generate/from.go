package generate

import (
	"cmp"
	"regexp"
	"strings"
)

var portSyntax = regexp.MustCompile(`^[A-Za-z0-9_./:-]+$`)

func (m *model) compileLink(c *nodeClass, e entry[Link]) *link {
	l := &link{node: c, key: e.key, path: e.path, spec: e.body, spread: cmp.Or(e.body.Spread, "pack")}
	if e.body.Cable != nil {
		l.custom = m.compileCustoms(e.path+".cable", e.body.Cable.CustomFields, c.of().words())
	}
	l.ports = m.parseFrom(c, e.path+".from", e.body.From)
	return l
}

// parseFrom reads "<nic>[:<ports>]", braces expanded, in order. A bare word
// after nic:port is a port of that NIC unless it is the key of one.
func (m *model) parseFrom(c *nodeClass, path, from string) []nicPort {
	var (
		ports   []nicPort
		current *nic
		seen    = map[nicPort]bool{}
	)
	add := func(p nicPort) {
		if seen[p] {
			m.fs.add(path, "", "the port %s is given twice", p.name())
			return
		}
		seen[p] = true
		ports = append(ports, p)
	}
	for _, word := range m.fromWords(path, from) {
		key, port, stated := strings.Cut(word, ":")
		switch n := c.nics[key]; {
		case stated:
			if current = n; n == nil {
				m.fs.add(path, nearKey(m.fs, key, c.nics), "there is no NIC %q", key)
			} else if m.nicHas(path, n, port) {
				add(nicPort{n, port})
			}
		case n != nil:
			current = nil
			if len(n.ports) == 0 {
				m.fs.add(path, "give it ports, or its module in the catalog", "the NIC %q has no ports", key)
			}
			for _, p := range n.ports {
				add(nicPort{n, p})
			}
		case current != nil:
			if m.nicHas(path, current, word) {
				add(nicPort{current, word})
			}
		default:
			m.fs.add(path, nearKey(m.fs, word, c.nics), "there is no NIC %q", word)
		}
	}
	return ports
}

// fromWords splits at the commas outside braces and expands each part.
func (m *model) fromWords(path, from string) []string {
	var words []string
	for _, item := range outsideBraces(from) {
		list, err := expandBraces(item)
		if err != nil || len(words)+len(list) > maxExpansion {
			m.fs.add(path, "", "cannot read %q: too long, or %v", from, err)
			return nil
		}
		if !m.fs.spend(path, len(list)) {
			return words
		}
		words = append(words, list...)
	}
	return words
}

func (m *model) nicHas(path string, n *nic, port string) bool {
	if n.has[port] {
		return true
	}
	m.fs.add(path, m.fs.near(port, n.ports), "the NIC %q has no port %q", n.key, port)
	return false
}
