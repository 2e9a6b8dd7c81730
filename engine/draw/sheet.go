package draw

import (
	"cmp"
	_ "embed" // the template
	"fmt"
	"html/template"
	"io"
	"maps"
	"slices"

	"github.com/diet-project/diet/generate"
	"github.com/diet-project/diet/generate/natural"
)

//go:embed sheet.html
var sheetHTML string

var sheetTemplate = template.Must(template.New("sheet").Funcs(template.FuncMap{
	"amount": amount, "color": colorName, "speed": speedName, "unit": unit,
}).Parse(sheetHTML))

// sheet is what the template prints.
type sheet struct {
	Plan      generate.PlanInfo
	Site      generate.Site
	Cables    int
	Sections  []sheetSection
	Materials []material
}

// sheetSection is a rack with the cables whose A end is in it.
type sheetSection struct {
	Rack    string // "" for what is in no rack
	Devices int
	Rows    []sheetRow
}

type sheetRow struct {
	Cable
	N     int  // from 1, within the section
	First bool // of its device
	Stays bool // both ends are in this rack
}

// material is how many cables of a kind the plan needs.
type material struct {
	Speed                           int
	Type, Color, Length, LengthUnit string
	Count                           int
}

// Sheet writes the cabling as a page of HTML to be printed: a section a rack, a
// row with a box to tick a cable. It refers to nothing outside itself.
func Sheet(w io.Writer, topo *generate.Topology) error {
	cables := Cabling(topo)
	err := sheetTemplate.Execute(w, sheet{
		Plan: topo.Plan, Site: topo.Site, Cables: len(cables), Sections: sections(cables), Materials: materials(cables),
	})
	if err != nil {
		return fmt.Errorf("write sheet: %w", err)
	}
	return nil
}

// sections groups sorted cables by the rack of their A end, what is in no rack last.
func sections(cables []Cable) []sheetSection {
	byRack := map[string]*sheetSection{}
	for _, c := range cables {
		s := byRack[c.A.Rack]
		if s == nil {
			s = &sheetSection{Rack: c.A.Rack}
			byRack[c.A.Rack] = s
		}
		first := len(s.Rows) == 0 || s.Rows[len(s.Rows)-1].A.Device != c.A.Device
		if first {
			s.Devices++
		}
		s.Rows = append(s.Rows, sheetRow{c, len(s.Rows) + 1, first, c.A.Rack != "" && c.A.Rack == c.B.Rack})
	}
	list := make([]sheetSection, 0, len(byRack))
	for _, rack := range slices.SortedFunc(maps.Keys(byRack), emptyLast) {
		list = append(list, *byRack[rack])
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

// materials counts the cables of each kind: the fastest and then the most first.
func materials(cables []Cable) []material {
	counts := map[material]int{}
	for _, c := range cables {
		counts[material{Speed: c.Speed, Type: c.Type, Color: c.Color, Length: c.Length, LengthUnit: c.LengthUnit}]++
	}
	list := make([]material, 0, len(counts))
	for m, n := range counts {
		m.Count = n
		list = append(list, m)
	}
	slices.SortFunc(list, func(x, y material) int {
		return cmp.Or(cmp.Compare(y.Speed, x.Speed), cmp.Compare(y.Count, x.Count), cmp.Compare(x.Type, y.Type),
			cmp.Compare(x.Color, y.Color), natural.Compare(x.Length, y.Length), cmp.Compare(x.LengthUnit, y.LengthUnit))
	})
	return list
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
