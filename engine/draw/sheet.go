package draw

import (
	"cmp"
	_ "embed" // the template
	"fmt"
	"html/template"
	"io"
	"slices"

	"github.com/diet-project/diet/generate"
	"github.com/diet-project/diet/generate/natural"
	"github.com/diet-project/diet/generate/plain"
)

//go:embed sheet.html
var sheetHTML string

var sheetTemplate = template.Must(template.New("sheet").Funcs(template.FuncMap{
	"amount": amount, "color": colorName, "unit": unit, "text": plain.Line,
}).Parse(sheetHTML))

// sheet is what the template prints.
type sheet struct {
	Plan      generate.PlanInfo
	Site      generate.Site
	Cables    int
	Sections  []sheetSection
	Materials []material
	Items     int // how many cables to bring
	Optics    []optic
}

// sheetSection is a rack with the ends of cables that are in it.
type sheetSection struct {
	Rack    string // "" for what is in no rack
	Devices int
	Rows    []sheetRow
}

// sheetRow is a cable seen from one of its ends, which is A here.
type sheetRow struct {
	Cable
	N     int  // from 1, within the section
	First bool // of its device
	Stays bool // both ends are in this rack
	Again bool // it is listed from its other end too, before
}

// Sheet writes the cabling as a page of HTML to be printed: what to bring, then a section a
// rack, with a row for each end of a cable in it and a box to tick. It refers to nothing
// outside itself.
func Sheet(w io.Writer, topo *generate.Topology) error {
	cables := Cabling(topo)
	items := materials(topo, cables)
	total := 0
	for _, m := range items {
		total += m.Count
	}
	err := sheetTemplate.Execute(w, sheet{
		Plan: topo.Plan, Site: topo.Site, Cables: len(cables), Sections: sections(cables), Materials: items, Items: total, Optics: optics(topo),
	})
	if err != nil {
		return fmt.Errorf("write sheet: %w", err)
	}
	return nil
}

// sections lists every cable at both of its ends, by rack and device; what is in no rack last.
func sections(cables []Cable) []sheetSection {
	rows := make([]sheetRow, 0, 2*len(cables))
	for _, c := range cables {
		turned := c
		turned.A, turned.B = c.B, c.A
		stays := c.A.Rack != "" && c.A.Rack == c.B.Rack
		rows = append(rows, sheetRow{Cable: c, Stays: stays}, sheetRow{Cable: turned, Stays: stays})
	}
	slices.SortStableFunc(rows, func(x, y sheetRow) int {
		return cmp.Or(emptyLast(x.A.Rack, y.A.Rack), natural.Compare(x.A.Device, y.A.Device), natural.Compare(x.A.Interface, y.A.Interface),
			natural.Compare(x.ID, y.ID))
	})
	var list []sheetSection
	seen := make(map[string]bool, len(cables))
	for _, row := range rows {
		if n := len(list); n == 0 || list[n-1].Rack != row.A.Rack {
			list = append(list, sheetSection{Rack: row.A.Rack})
		}
		s := &list[len(list)-1]
		if row.First = len(s.Rows) == 0 || s.Rows[len(s.Rows)-1].A.Device != row.A.Device; row.First && !row.A.Feed {
			s.Devices++
		}
		row.N, row.Again = len(s.Rows)+1, seen[row.ID]
		seen[row.ID] = true
		s.Rows = append(s.Rows, row)
	}
	return list
}

// emptyLast is natural order with "" behind all others.
func emptyLast(a, b string) int {
	if a == "" || b == "" {
		return cmp.Compare(len(b), len(a))
	}
	return natural.Compare(a, b)
}

// speedName prints a speed in Gb/s as printed on a transceiver; "" for 0.
func speedName(gbps int) string {
	if gbps == 0 {
		return ""
	}
	return fmt.Sprintf("%dG", gbps)
}

// colorNames are NetBox's colours of cables as people call them.
var colorNames = map[string]string{
	"aa1409": "dark red", "f44336": "red", "e91e63": "pink", "ffe4e1": "rose", "ff66ff": "fuchsia", "9c27b0": "purple",
	"673ab7": "dark purple", "3f51b5": "indigo", "2196f3": "blue", "03a9f4": "light blue", "00bcd4": "cyan", "009688": "teal",
	"00ffff": "aqua", "2f6a31": "dark green", "4caf50": "green", "8bc34a": "light green", "cddc39": "lime", "ffeb3b": "yellow",
	"ffc107": "amber", "ff9800": "orange", "ff5722": "dark orange", "795548": "brown", "c0c0c0": "light grey", "9e9e9e": "grey",
	"607d8b": "dark grey", "111111": "black", "ffffff": "white",
}

// colorName prints six hexadecimal digits as the word that NetBox shows for them.
func colorName(hex string) string {
	if name, ok := colorNames[hex]; ok || hex == "" {
		return name
	}
	return "#" + hex
}
