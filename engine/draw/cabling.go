package draw

import (
	"cmp"
	"encoding/csv"
	"fmt"
	"io"
	"slices"
	"strconv"

	"github.com/diet-project/diet/generate"
	"github.com/diet-project/diet/generate/natural"
	"github.com/diet-project/diet/generate/plain"
)

// Cable is one cable as somebody who lays it needs it: with the place of both ends.
type Cable struct {
	ID   string
	A, B End
	// Speed is that of the slower end, in Gb/s; 0 if the plan does not state it.
	Speed int
	// Carries is what goes through it where that is no data: power, console.
	Carries string
	// Type, Color (six hexadecimal digits) and Label are "" where the plan does not state them.
	Type, Color, Label string
	// Length is in LengthUnit; both are "" where the plan does not state them.
	Length, LengthUnit string
}

// Size is the speed of a cable, or what else it carries.
func (c Cable) Size() string { return cmp.Or(c.Carries, speedName(c.Speed)) }

// End is the place of one end of a cable.
type End struct {
	// Rack is the rack's name; "" for a device outside the racks.
	Rack string
	// Position is the lowest unit of the device; 0 where it has none.
	Position          float64
	Device, Interface string

	// Feed is an end at a power feed: then the device is the panel that it comes from.
	Feed bool
}

// Cabling lists the cables of a topology in natural order of their A ends.
func Cabling(topo *generate.Topology) []Cable {
	ends := endsOf(topo)
	speeds, fed := make(map[string]int, len(topo.Interfaces)), map[string]bool{}
	for _, i := range topo.Interfaces {
		if speeds[i.ID] = i.Speed; i.Feed != nil {
			fed[i.ID] = true
		}
	}
	cables := make([]Cable, 0, len(topo.Cables))
	for _, c := range topo.Cables {
		carries := c.Carries
		if fed[c.B] {
			carries = power
		}
		cables = append(cables, Cable{
			ID: c.ID, A: ends[c.A], B: ends[c.B], Speed: slower(speeds[c.A], speeds[c.B]), Carries: carries,
			Type: stated(c.Type), Color: stated(c.Color), Label: stated(c.Label),
			Length: length(c.Length), LengthUnit: stated(c.LengthUnit),
		})
	}
	slices.SortFunc(cables, func(x, y Cable) int {
		return cmp.Or(natural.Compare(x.A.Device, y.A.Device), natural.Compare(x.A.Interface, y.A.Interface), natural.Compare(x.ID, y.ID))
	})
	return cables
}

// endsOf gives the place of every interface, by its id.
func endsOf(topo *generate.Topology) map[string]End {
	racks := make(map[string]string, len(topo.Racks))
	for _, r := range topo.Racks {
		racks[r.ID] = r.Name
	}
	devices := make(map[string]*generate.Device, len(topo.Devices))
	for i := range topo.Devices {
		devices[topo.Devices[i].ID] = &topo.Devices[i]
	}
	ends := make(map[string]End, len(topo.Interfaces))
	for _, i := range topo.Interfaces {
		if i.Feed != nil {
			ends[i.ID] = End{Rack: racks[i.Feed.Rack], Device: i.Feed.Panel, Interface: i.Name, Feed: true}
			continue
		}
		if d := devices[i.Device]; d != nil {
			ends[i.ID] = End{Rack: racks[d.Rack], Position: d.Position, Device: d.Name, Interface: i.Name}
		}
	}
	return ends
}

// slower is the lower of two speeds of which each may be unknown.
func slower(a, b int) int {
	if a == 0 || b == 0 {
		return max(a, b)
	}
	return min(a, b)
}

func stated(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

func length(x *float64) string {
	if x == nil {
		return ""
	}
	return decimal(*x)
}

// decimal prints a number without trailing zeros.
func decimal(x float64) string { return strconv.FormatFloat(x, 'f', -1, 64) }

// unit prints a position in a rack; "" where there is none.
func unit(position float64) string {
	if position == 0 {
		return ""
	}
	return decimal(position)
}

// CSVHeader are the columns that CSV writes. Scripts of others read the first
// four; new ones come last.
var CSVHeader = []string{
	"a_device", "a_interface", "b_device", "b_interface", "a_rack", "b_rack", "type", "label", "cable",
	"a_position", "b_position", "color", "length", "length_unit", "speed_gbps",
}

// CSV writes a header and a row a cable. A name that a spreadsheet would run stands behind an apostrophe.
func CSV(w io.Writer, cables []Cable) error {
	out := csv.NewWriter(w)
	_ = out.Write(CSVHeader)
	for _, c := range cables {
		speed := ""
		if c.Speed > 0 {
			speed = strconv.Itoa(c.Speed)
		}
		row := []string{
			c.A.Device, c.A.Interface, c.B.Device, c.B.Interface, c.A.Rack, c.B.Rack, c.Type, c.Label, c.ID,
			unit(c.A.Position), unit(c.B.Position), c.Color, c.Length, c.LengthUnit, speed,
		}
		for i := range row {
			row[i] = plain.Cell(row[i])
		}
		_ = out.Write(row)
	}
	out.Flush()
	if err := out.Error(); err != nil {
		return fmt.Errorf("write csv: %w", err)
	}
	return nil
}
