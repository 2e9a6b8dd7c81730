package web

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/diet-project/diet/engine"
	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/engine/policy"
	"github.com/diet-project/diet/generate"
)

// The parts of the index of a stored preview.
const (
	partHead  = "head"  // an indexHead
	partRows  = "rows"  // the columns
	partTexts = "texts" // what rows say, to be shown and searched
)

// indexVersion changes with the form of the index: one of another form is left alone, and the
// preview is read whole.
const indexVersion = 1

// How many rows a piece of a part holds.
const (
	rowsEach  = 1 << 16
	textsEach = 1000
)

// indexHead is what a page says of a preview as a whole.
type indexHead struct {
	Version    int        `json:"version"`
	Rows       int        `json:"rows"`
	Properties []string   `json:"properties"`
	Values     [][]string `json:"values"`
	Counts     []count    `json:"counts"`
	Waiting    int        `json:"waiting"`
	Denied     int        `json:"denied"`
	Questions  int        `json:"questions"`
}

// Index makes the index of a preview, for [engine.Config].
func Index(p *engine.Preview, topo *generate.Topology) (map[string][][]byte, error) {
	t := newTable(p, topo, "", func(string) *policy.Rule { return nil })
	c := t.columns
	head := indexHead{Version: indexVersion, Rows: len(t.rows), Values: c.values, Counts: countsOf(p), Questions: len(p.Questions)}
	for _, f := range properties {
		head.Properties = append(head.Properties, f.Name)
	}
	head.Waiting, head.Denied = stuck(p)
	text, err := json.Marshal(head)
	if err != nil {
		return nil, err
	}
	out := map[string][][]byte{partHead: {text}}
	for from := 0; from < len(t.rows); from += rowsEach {
		out[partRows] = append(out[partRows], c.encoded(from, min(from+rowsEach, len(t.rows))))
	}
	for some := range slices.Chunk(t.rows, textsEach) {
		out[partTexts] = append(out[partTexts], textsOf(some))
	}
	return out, nil
}

// stuck is how many changes of a preview wait for a person, and how many are denied; what goes
// with a device is no change of its own.
func stuck(p *engine.Preview) (waiting, denied int) {
	for i := range p.Changes {
		switch v := p.Changes[i].Deciding(); {
		case p.Changes[i].With != "": // it goes with its device
		case v.Denies():
			denied++
		case v.Waits():
			waiting++
		}
	}
	return waiting, denied
}

// encoded are some rows of the columns, one after the other.
func (c *columns) encoded(from, to int) []byte {
	var out []byte
	for i := from; i < to; i++ {
		out = binary.LittleEndian.AppendUint32(out, c.change[i])
		out = binary.LittleEndian.AppendUint32(out, c.when[i])
		out = binary.LittleEndian.AppendUint16(out, c.field[i])
		out = append(out, c.parts[i])
		for _, prop := range c.props {
			out = binary.LittleEndian.AppendUint32(out, prop[i])
		}
	}
	return out
}

// decoded are the columns that pieces hold.
func (h *indexHead) decoded(pieces [][]byte) (*columns, error) {
	n := h.Rows
	c := &columns{
		change: make([]uint32, n), when: make([]uint32, n), field: make([]uint16, n), parts: make([]uint8, n), values: h.Values,
	}
	for range h.Properties {
		c.props = append(c.props, make([]uint32, n))
	}
	each, i := 11+4*len(c.props), 0
	for _, piece := range pieces {
		for ; len(piece) >= each && i < n; i++ {
			c.change[i], c.when[i] = binary.LittleEndian.Uint32(piece), binary.LittleEndian.Uint32(piece[4:])
			c.field[i], c.parts[i] = binary.LittleEndian.Uint16(piece[8:]), piece[10]
			for p := range c.props {
				v := binary.LittleEndian.Uint32(piece[11+4*p:])
				if int(v) >= len(c.values[p]) {
					return nil, errIndex
				}
				c.props[p][i] = v
			}
			piece = piece[each:]
		}
	}
	if i < n {
		return nil, errIndex
	}
	return c, nil
}

var errIndex = errors.New("the index of the preview is not whole")

// What stands between the texts of a row, and after it: text that is shown has no such characters.
const between, after = "\x1f", "\x1e"

// said is what a row shows that it has not in itself: names of what values refer to, and where the
// plan has the object.
type said struct{ base, want, have, rack, site string }

var noMarks = strings.NewReplacer(between, " ", after, " ")

// textsOf are the texts of rows: object, name, field, base, want, have.
func textsOf(rows []row) []byte {
	var out bytes.Buffer
	for _, r := range rows {
		for i, text := range []string{r.Object, r.Name, r.Field(), r.Base(), r.Want(), r.Have()} {
			if i > 0 {
				out.WriteString(between)
			}
			out.WriteString(noMarks.Replace(text))
		}
		out.WriteString(after)
	}
	return out.Bytes()
}

// textsIn are the texts of each row of a piece.
func textsIn(piece []byte) []string {
	return strings.Split(strings.TrimSuffix(string(piece), after), after)
}

// matched reports whether texts of a row are about an object, and hold what is searched.
func matched(texts, object, search string) bool {
	id, rest, _ := strings.Cut(texts, between)
	if object != "" && id != object && !strings.HasPrefix(id, object+"/") {
		return false
	}
	if search == "" || strings.Contains(strings.ToLower(id), search) {
		return true
	}
	for i, text := range strings.Split(rest, between) {
		if i != 2 && strings.Contains(strings.ToLower(text), search) { // not what was applied last
			return true
		}
	}
	return false
}

// shown says which preview a page shows: a stored one, or what becomes of it with its approvals.
type shown struct {
	id       string
	approved bool
}

// part is what a part of its index is called.
func (s shown) part(name string) string {
	if s.approved {
		return engine.Approved + name
	}
	return name
}

// path is that of its page.
func (s shown) path() string {
	if s.approved {
		return "/previews/" + s.id + "/approved"
	}
	return "/previews/" + s.id
}

// shelf is a stored preview of which pages read what they show.
type shelf struct {
	shown
	head    *indexHead
	columns *columns
}

// openShelf reads the index of a stored preview; nil for one that has none of this form.
func openShelf(ctx context.Context, eng *engine.Engine, of shown) (*shelf, error) {
	pieces, err := eng.PreviewIndex(ctx, of.id, of.part(partHead), 0, 0)
	if err != nil || len(pieces) == 0 {
		return nil, err
	}
	s := &shelf{shown: of, head: &indexHead{}}
	if err := json.Unmarshal(pieces[0], s.head); err != nil {
		return nil, fmt.Errorf("read index of preview: %w", err)
	}
	same := slices.EqualFunc(s.head.Properties, properties, func(name string, f facet) bool { return name == f.Name })
	if s.head.Version != indexVersion || !same || len(s.head.Values) != len(properties) {
		return nil, nil //nolint:nilnil // the preview is read whole
	}
	if pieces, err = eng.PreviewIndex(ctx, of.id, of.part(partRows), 0, -1); err != nil {
		return nil, err
	}
	s.columns, err = s.head.decoded(pieces)
	return s, err
}

// matching are the lines that are about an object and hold what is searched.
func (s *shelf) matching(ctx context.Context, eng *engine.Engine, lines []uint32, object, search string) ([]uint32, error) {
	search = strings.ToLower(search)
	var out []uint32
	const pieces = 64 // at a time
	for from := 0; from < len(lines); {
		first := int(lines[from]) / textsEach
		some, err := eng.PreviewIndex(ctx, s.id, s.part(partTexts), first, first+pieces-1)
		if err != nil {
			return nil, err
		}
		for n, piece := range some {
			texts := textsIn(piece)
			for ; from < len(lines) && int(lines[from])/textsEach == first+n; from++ {
				if at := int(lines[from]) % textsEach; at < len(texts) && matched(texts[at], object, search) {
					out = append(out, lines[from])
				}
			}
		}
		if len(some) == 0 {
			return nil, errIndex
		}
	}
	return out, nil
}

// rows reads the rows of some lines.
func (s *shelf) rows(ctx context.Context, eng *engine.Engine, t *table, lines []uint32) ([]row, error) {
	var numbers []int
	for _, i := range lines {
		numbers = append(numbers, int(s.columns.change[i]))
	}
	changes, err := eng.PreviewChanges(ctx, s.id, s.approved, numbers)
	if err != nil {
		return nil, err
	}
	pieces := map[int][]string{}
	var out []row
	for _, i := range lines {
		n := int(i) / textsEach
		if pieces[n] == nil {
			piece, err := eng.PreviewIndex(ctx, s.id, s.part(partTexts), n, n)
			if err != nil || len(piece) == 0 {
				return nil, errors.Join(err, errIndex)
			}
			pieces[n] = textsIn(piece[0])
		}
		r, err := s.row(t, i, changes, pieces[n])
		if err != nil {
			return nil, err
		}
		out = append(out, r)
	}
	return out, nil
}

// row is the row of a line.
func (s *shelf) row(t *table, i uint32, changes map[int]*change.Change, texts []string) (row, error) {
	c := changes[int(s.columns.change[i])]
	at := int(i) % textsEach
	if c == nil || at >= len(texts) {
		return row{}, errIndex
	}
	r := row{Change: c, table: t, said: &said{}}
	if n := s.columns.field[i]; n != noField {
		if int(n) >= len(c.Fields) {
			return row{}, errIndex
		}
		r.F = &c.Fields[n]
	}
	if parts := strings.Split(texts[at], between); len(parts) == 6 {
		r.said.base, r.said.want, r.said.have = parts[3], parts[4], parts[5]
	}
	r.said.rack, r.said.site = s.columns.standing(i)
	return r, nil
}
