package generate

import (
	"strconv"
	"strings"
)

// moves are the renamings of spec.moved, in order.
type moves []move

type move struct{ from, to movePath }

// movePath is class, class[n], class/tail or class[n]/tail of a plan; the class may be
// rack:<pool>, or a whole fabric.
type movePath struct {
	plan   string
	head   string
	ord    int // 0: any
	tail   string
	fabric bool
}

// compileMoved reads spec.moved: what was renamed must be gone, what it is now
// must exist, or have been renamed once more.
func (m *model) compileMoved() {
	var list moves
	var paths []string
	heads := m.heads()
	passing := map[string]bool{}
	for i, spec := range m.plan.Spec.Moved {
		path := indexPath("spec.moved", i)
		plan, rest := spec.origin(m.plan)
		from, okFrom := m.parseMove(path+".from", plan, rest)
		to, okTo := m.parseMove(path+".to", m.key, strings.TrimPrefix(spec.To, m.key+"/"))
		if okFrom && okTo {
			list, paths = append(list, move{from, to}), append(paths, path)
			passing[from.head] = passing[from.head] || from.plan == m.key
		}
	}
	if m.checkMoves(list, paths) {
		return
	}
	for i, mv := range list {
		path := paths[i]
		switch {
		case !heads[mv.to.head] && !passing[mv.to.head]:
			m.fs.add(path+".to", nearKey(m.fs, mv.to.head, heads), "there is no %q", mv.to.head)
		case mv.from.ord == 0 && mv.from.tail == "" && mv.from.plan == m.key && heads[mv.from.head]:
			m.fs.add(path+".from", "name the old key", "%q is still in the plan", mv.from.head)
		case (mv.from.ord == 0) != (mv.to.ord == 0) || (mv.from.tail == "") != (mv.to.tail == ""):
			m.fs.add(path, "use two classes, two objects, or two parts of them",
				"%q and %q are different kinds of objects", mv.from.head, mv.to.head)
		case m.contested(path+".from", mv.from):
		default:
			fabric := m.isFabric(mv.to.head)
			mv.from.fabric, mv.to.fabric = fabric, fabric
			m.moves = append(m.moves, mv)
		}
	}
}

// isFabric tells whether a path names a fabric, and no class or pool.
func (m *model) isFabric(head string) bool {
	for _, c := range m.nodes {
		if c.id == head {
			return false
		}
	}
	for _, c := range m.classes {
		if c.fabric == head {
			return true
		}
	}
	return false
}

// heads are the classes, pools and fabrics of the plan as movePath writes them.
func (m *model) heads() map[string]bool {
	heads := map[string]bool{}
	for _, c := range m.classes {
		heads[c.id], heads[c.fabric] = true, true
	}
	for _, c := range m.nodes {
		heads[c.id] = true
	}
	for _, p := range m.pools {
		heads["rack:"+p.key] = true
	}
	return heads
}

func (m *model) parseMove(path, plan, text string) (movePath, bool) {
	p := movePath{plan: plan}
	p.head, p.tail, _ = strings.Cut(text, "/")
	p.tail = strings.TrimSuffix(p.tail, "~")
	if head, ord, ok := strings.Cut(p.head, "["); ok {
		n, err := strconv.Atoi(strings.TrimSuffix(ord, "]"))
		if err != nil || n < 1 || !strings.HasSuffix(ord, "]") {
			m.fs.add(path, "such as gpu, backend.leaf or gpu[42]", "%q is neither an object nor a class", text)
			return p, false
		}
		p.head, p.ord = head, n
	}
	if p.head == "" {
		m.fs.add(path, "such as gpu, backend.leaf or gpu[42]", "%q is neither an object nor a class", text)
		return p, false
	}
	return p, true
}

// now renames an id by every move that fits it, each once.
func (ms moves) now(id string) string {
	if sw, node, ok := cutSwitchLAG(id); ok {
		if lag, ok := joinSwitchLAG(ms.now(sw), ms.now(node)); ok {
			return lag
		}
	}
	used := make([]bool, len(ms))
	for again := true; again; {
		again = false
		for i, mv := range ms {
			if used[i] {
				continue
			}
			if renamed, ok := rename(id, mv.from, mv.to); ok {
				id, used[i], again = renamed, true, true
			}
		}
	}
	return id
}

// before gives the ids that an object of today had, the latest first.
func (ms moves) before(id string) []string {
	if sw, node, ok := cutSwitchLAG(id); ok {
		return ms.lagBefore(sw, node)
	}
	var ids []string
	used := make([]bool, len(ms))
	for again := true; again; {
		again = false
		for i := len(ms) - 1; i >= 0; i-- {
			if used[i] {
				continue
			}
			if old, ok := rename(id, ms[i].to, ms[i].from); ok {
				id, used[i], again = old, true, true
				ids = append(ids, old)
			}
		}
	}
	return ids
}

// lagBefore gives the ids that a LAG of a switch had: it goes by the switch and by the LAG of the node,
// and each of these may have been renamed ahead of the other.
func (ms moves) lagBefore(sw, node string) []string {
	switches, nodes := append([]string{sw}, ms.before(sw)...), append([]string{node}, ms.before(node)...)
	var ids []string
	for back := 1; back < len(switches)+len(nodes)-1; back++ {
		for i := max(0, back-len(nodes)+1); i <= back && i < len(switches); i++ {
			if lag, ok := joinSwitchLAG(switches[i], nodes[back-i]); ok {
				ids = append(ids, lag)
			}
		}
	}
	return ids
}

// rename turns an id below from into the one below to.
func rename(id string, from, to movePath) (string, bool) {
	rest, ok := strings.CutPrefix(id, from.plan+"/")
	if !ok {
		return "", false
	}
	at := strings.IndexByte(rest, '[')
	if at < 0 {
		return "", false
	}
	head, ords, tail := rest[:at], rest[at:], ""
	if i := strings.IndexByte(ords, '/'); i >= 0 {
		ords, tail = ords[:i], ords[i:]
	}
	if from.fabric {
		class, ok := strings.CutPrefix(head, from.head+".")
		return to.plan + "/" + to.head + "." + class + ords + tail, ok
	}
	if head != from.head {
		return "", false
	}
	if from.ord > 0 {
		if ords != indexed("", from.ord) {
			return "", false
		}
		ords = indexed("", to.ord)
	}
	if from.tail != "" {
		after, ok := strings.CutPrefix(tail, "/"+from.tail)
		if !ok || from.tail == "lag" && strings.HasPrefix(after, ":") || after != "" && !strings.ContainsRune(".:#~", rune(after[0])) {
			return "", false
		}
		tail = "/" + to.tail + after
	}
	return to.plan + "/" + to.head + ords + tail, true
}

// movedObjects lists the objects of a topology that had another id before.
func (m *model) movedObjects(t *Topology) []Move {
	if len(m.moves) == 0 {
		return nil
	}
	var list []Move
	add := func(id string) {
		for _, old := range m.moves.before(id) {
			list = append(list, Move{From: old, To: id})
		}
	}
	for i := range t.Racks {
		add(t.Racks[i].ID)
	}
	for i := range t.Devices {
		add(t.Devices[i].ID)
	}
	for i := range t.Modules {
		add(t.Modules[i].Bay)
		add(t.Modules[i].ID)
	}
	for i := range t.Interfaces {
		add(t.Interfaces[i].ID)
	}
	for i := range t.cables() {
		_, id := t.IDAt(t.Len() - t.cables() + i)
		add(id)
	}
	return list
}
