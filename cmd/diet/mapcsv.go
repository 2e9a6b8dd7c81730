package main

import (
	"bytes"
	"encoding/binary"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf16"
)

// separators are what spreadsheets write between cells.
const separators = ",;\t"

// mapHint says what a map looks like.
func mapHint() string {
	return "its first line is " + strings.Join(mapColumns, ",") + ", with commas, semicolons or tabs; of a spreadsheet, save it as CSV UTF-8"
}

// readCSV reads a map as diet import, or a spreadsheet, writes it.
func (m *mapReader) readCSV(data []byte) error {
	text, comma, above := cells(data)
	rows := csv.NewReader(bytes.NewReader(text))
	rows.FieldsPerRecord = -1
	rows.Comment = '#'
	rows.Comma = comma
	for {
		row, err := rows.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if fault := (*csv.ParseError)(nil); errors.As(err, &fault) {
			m.line = fault.StartLine + above
			m.fault("", mapHint(), "the line is no CSV: %v", fault.Err)
			return nil
		}
		if err != nil {
			return fmt.Errorf("read map %s: %w", m.file, err)
		}
		m.line, _ = rows.FieldPos(0)
		m.line += above
		if len(m.at) == 0 {
			m.header(row)
			continue
		}
		m.entry(m.cell(row, columnKind), m.cell(row, columnID), m.cell(row, columnObject), m.cell(row, columnName))
	}
}

// cells are the lines of a CSV in UTF-8, what is between its cells, and how many lines are left out above:
// spreadsheets write a mark of the byte order, UTF-16, semicolons where a comma is decimal, tabs, the line
// sep=; above all others, and some end lines with a carriage return alone.
func cells(data []byte) (text []byte, comma rune, above int) {
	text = bytes.TrimPrefix(inUTF8(data), []byte("\ufeff"))
	if !bytes.Contains(text, []byte("\n")) {
		text = bytes.ReplaceAll(text, []byte("\r"), []byte("\n"))
	}
	if first, rest, more := bytes.Cut(text, []byte("\n")); more {
		said := bytes.TrimRight(bytes.Trim(first, "\""), "\"\r")
		if sep, is := bytes.CutPrefix(said, []byte("sep=")); is && len(sep) == 1 && strings.Contains(separators, string(sep)) {
			return rest, rune(sep[0]), 1
		}
	}
	return text, commaOf(text), 0
}

// inUTF8 is a text that may be in UTF-16, as its mark of the byte order says.
func inUTF8(data []byte) []byte {
	var order binary.ByteOrder
	switch {
	case bytes.HasPrefix(data, []byte{0xff, 0xfe}):
		order = binary.LittleEndian
	case bytes.HasPrefix(data, []byte{0xfe, 0xff}):
		order = binary.BigEndian
	default:
		return data
	}
	units := make([]uint16, len(data)/2)
	for i := range units {
		units[i] = order.Uint16(data[2*i:])
	}
	return []byte(string(utf16.Decode(units)))
}

// commaOf is what is between the cells of the first line: that which makes most columns of it.
func commaOf(text []byte) rune {
	best, most := ',', 0
	for line := range bytes.Lines(text) {
		if line = bytes.TrimSpace(line); len(line) == 0 || line[0] == '#' {
			continue
		}
		for _, c := range separators {
			if n := bytes.Count(line, []byte(string(c))); n > most {
				best, most = c, n
			}
		}
		break
	}
	return best
}
