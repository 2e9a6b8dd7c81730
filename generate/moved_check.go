package generate

// checkMoves reports renamings that contradict each other: of one key twice, of two keys to
// one, and in a circle.
func (m *model) checkMoves(list moves, paths []string) (found bool) {
	from, to := map[movePath]int{}, map[movePath]int{}
	for i, mv := range list {
		if first, twice := from[mv.from]; twice {
			m.fs.add(paths[i]+".from", "keep one of them", "%q is renamed by %s too", mv.from, paths[first])
			found = true
			continue
		}
		from[mv.from] = i
		if first, twice := to[mv.to]; twice {
			m.fs.add(paths[i]+".to", "one object cannot be two: keep one of them", "%q is the new key in %s too", mv.to, paths[first])
			found = true
			continue
		}
		to[mv.to] = i
	}
	if found {
		return true
	}
	for i, mv := range list {
		if m.circles(list, from, i) {
			m.fs.add(paths[i], "name the key of each object that the plan has today last", "the renaming of %q leads back to it", mv.from)
			return true
		}
	}
	return false
}

// circles tells whether the renamings that follow one lead back to it.
func (m *model) circles(list moves, from map[movePath]int, start int) bool {
	at := start
	for range list {
		next, ok := from[list[at].to]
		if !ok {
			return false
		}
		if next == start {
			return true
		}
		at = next
	}
	return false
}

// String is the path as a plan writes it.
func (p movePath) String() string {
	text := p.head
	if p.ord > 0 {
		text = indexed(text, p.ord)
	}
	if p.tail != "" {
		text += "/" + p.tail
	}
	return text
}
