package main

import (
	"fmt"
	"io"
	"math"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"

	"github.com/diet-project/diet/engine/report"
)

func (e *env) writeRows(format string, columns []string, rows [][]any) error {
	switch format {
	case "json":
		return e.print(byColumn(columns, rows))
	case "csv", "table", "markdown":
		writeTable(e.out, format, columns, rows)
		return nil
	}
	return otherThan("format", format, "table", "json", "csv", "markdown")
}

// byColumn are rows by the names of their columns.
func byColumn(columns []string, rows [][]any) []map[string]any {
	out := make([]map[string]any, len(rows))
	for i, row := range rows {
		out[i] = map[string]any{}
		for j, name := range columns {
			out[i][name] = row[j]
			if f, ok := row[j].(float64); ok && math.IsInf(f, 0) {
				out[i][name] = fmt.Sprint(f) // JSON has no such number
			}
		}
	}
	return out
}

// cell is a value as it is shown: in a table nothing that a terminal acts on, in CSV
// nothing that a spreadsheet takes for a formula.
func cell(format string, v any) string {
	text := strings.TrimRight(fmt.Sprint(v), "\n")
	if format != "csv" {
		return report.Printable(text)
	}
	text = report.PrintableLines(text)
	if _, isText := v.(string); isText {
		return report.Cell(text)
	}
	return text
}

func writeTable(w io.Writer, format string, columns []string, rows [][]any) {
	t := table.NewWriter()
	t.SetOutputMirror(w)
	t.SetStyle(table.StyleLight)
	t.Style().Format.Header = 0
	head := make(table.Row, len(columns))
	for i, c := range columns {
		head[i] = cell(format, c)
	}
	t.AppendHeader(head)
	for _, row := range rows {
		cells := make(table.Row, len(row))
		for i, v := range row {
			cells[i] = ""
			if v != nil {
				cells[i] = cell(format, v)
			}
		}
		t.AppendRow(cells)
	}
	switch format {
	case "csv":
		t.RenderCSV()
	case "markdown":
		t.RenderMarkdown()
	default:
		t.Render()
	}
}
