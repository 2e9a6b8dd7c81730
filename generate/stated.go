package generate

import (
	"encoding/binary"
	"fmt"
	"math"
)

// StatedAt appends to buf what makes up one of [Topology.Objects], by its place there: two
// objects with the same bytes are the same, where the rest of the topology is. It takes a
// twentieth of the time of making the object.
func (t *Topology) StatedAt(buf []byte, i int) []byte {
	if t.Recalled != nil {
		return fmt.Appendf(buf, "%#v", t.Recalled[i])
	}
	if i < len(t.Racks) {
		return t.Racks[i].stated(append(buf, 'r'))
	}
	if i -= len(t.Racks); i < len(t.Devices) {
		return t.Devices[i].stated(append(buf, 'd'))
	}
	i -= len(t.Devices)
	if x, bay := t.moduleAt(i); bay {
		return x.stated(append(buf, 'y'))
	} else if x != nil {
		return x.stated(append(buf, 'm'))
	}
	if i -= 2 * len(t.Modules); i < len(t.Interfaces) {
		return t.Interfaces[i].stated(append(buf, 'i'))
	}
	c, b := t.cableAt(i - len(t.Interfaces))
	if b != nil {
		return b.stated(append(buf, 'b'))
	}
	return c.stated(append(buf, 'c'))
}

func (r *Rack) stated(buf []byte) []byte {
	buf = stateTexts(buf, r.ID, r.Source, r.Name, r.Location)
	return stateCustom(binary.AppendVarint(buf, int64(r.Units)), r.CustomFields)
}

func (d *Device) stated(buf []byte) []byte {
	buf = stateTexts(buf, d.ID, d.Source, d.Name, d.Type, d.Role, d.Status, d.Rack, d.Face)
	buf = stateNumber(buf, &d.Position)
	for _, text := range []*string{d.Description, d.Comments, d.Tenant, d.Platform} {
		buf = stateOptional(buf, text)
	}
	buf = binary.AppendUvarint(buf, uint64(len(d.Tags)))
	buf = stateTexts(buf, d.Tags...)
	if len(d.CustomFields) > 0 {
		buf = fmt.Appendf(buf, "%#v", d.CustomFields)
	}
	return buf
}

func (i *Interface) stated(buf []byte) []byte {
	buf = stateTexts(buf, i.ID, i.Source, i.Device, i.Name, i.Type)
	if i.Kind != "" {
		buf = append(buf, i.Kind...)
	}
	if i.Feed != nil {
		buf = i.Feed.stated(buf)
	}
	if i.On != "" {
		buf = append(append(buf, '@'), i.On...)
	}
	if i.Bundle != "" || i.Label != "" || i.Disabled || i.Enabled {
		buf = fmt.Appendf(stateTexts(buf, i.Bundle, i.Label), "%t %t", i.Disabled, i.Enabled)
	}
	return stateCustom(buf, i.CustomFields)
}

func (c *Cable) stated(buf []byte) []byte {
	buf = stateTexts(buf, c.ID, c.Source, c.A, c.B, c.Status)
	for _, text := range []*string{c.Type, c.Color, c.Label, c.LengthUnit} {
		buf = stateOptional(buf, text)
	}
	buf = stateNumber(buf, c.Length)
	return stateCustom(append(buf, c.Carries...), c.CustomFields)
}

func stateTexts(buf []byte, texts ...string) []byte {
	for _, s := range texts {
		buf = append(binary.AppendUvarint(buf, uint64(len(s))), s...)
	}
	return buf
}

// stateOptional tells what is not stated from what is.
func stateOptional(buf []byte, text *string) []byte {
	if text == nil {
		return append(buf, 0)
	}
	return stateTexts(append(buf, 1), *text)
}

func stateNumber(buf []byte, number *float64) []byte {
	if number == nil {
		return append(buf, 0)
	}
	return binary.BigEndian.AppendUint64(append(buf, 1), math.Float64bits(*number))
}
