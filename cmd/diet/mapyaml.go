package main

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"io"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/diet-project/diet/engine/report"
	"github.com/diet-project/diet/engine/survey"
	"github.com/diet-project/diet/generate"
)

// mapDocument is a map as YAML.
type mapDocument struct {
	Entries []mapLine `json:"entries" yaml:"entries"`
}

// mapLine is a line of a map, by the columns of its CSV.
type mapLine struct {
	Kind   string `json:"kind" yaml:"kind"`
	ID     int    `json:"netbox_id" yaml:"netbox_id"`
	Called string `json:"netbox_name,omitempty" yaml:"netbox_name,omitempty"`
	Place  string `json:"place,omitempty" yaml:"place,omitempty"`
	Type   string `json:"type,omitempty" yaml:"type,omitempty"`
	Object string `json:"object,omitempty" yaml:"object"`
	Name   string `json:"name,omitempty" yaml:"name,omitempty"`
	Why    string `json:"why,omitempty" yaml:"why,omitempty"`
}

// isMapYAML reports whether a map is YAML: the first line that says something names the list.
func isMapYAML(data []byte) bool {
	for line := range bytes.Lines(data) {
		text := strings.TrimSpace(strings.TrimPrefix(string(line), "\ufeff"))
		if text != "" && text != "---" && text[0] != '#' {
			return strings.HasPrefix(text, "entries:") || strings.HasPrefix(text, "{")
		}
	}
	return false
}

func (m *mapReader) readYAML(data []byte) error {
	var doc mapDocument
	place, err := generate.DecodePlaced("map", m.file, data, &doc)
	if err != nil {
		return err
	}
	for i, x := range doc.Entries {
		at, _, _ := strings.Cut(strings.TrimPrefix(place(fmt.Sprintf("entries[%d]", i)), m.file+":"), ":")
		m.line, _ = strconv.Atoi(at) // 0 where it is not known
		m.entry(strings.TrimSpace(x.Kind), strconv.Itoa(x.ID), strings.TrimSpace(x.Object), strings.TrimSpace(x.Name))
	}
	return nil
}

// mapCSV writes a map for a spreadsheet. What comes from NetBox is for people, and not read again.
func mapCSV(entries []survey.Entry) func(io.Writer) error {
	return func(w io.Writer) error {
		out := csv.NewWriter(w)
		_ = out.Write(mapColumns) // Flush tells
		for _, x := range entries {
			_ = out.Write([]string{
				x.Kind, strconv.FormatInt(x.ID, 10), report.Cell(x.Called), report.Cell(x.Place), report.Cell(x.Type), x.Object, x.Name,
				report.Cell(x.Why),
			})
		}
		out.Flush()
		return out.Error()
	}
}

// mapYAML writes a map for an editor and a review: an entry a line.
func mapYAML(entries []survey.Entry) func(io.Writer) error {
	return func(w io.Writer) error {
		list := yaml.Node{Kind: yaml.SequenceNode}
		for _, x := range entries {
			var line yaml.Node
			if err := line.Encode(mapLine{x.Kind, int(x.ID), x.Called, x.Place, x.Type, x.Object, x.Name, x.Why}); err != nil {
				return fmt.Errorf("write map: %w", err)
			}
			line.Style = yaml.FlowStyle
			list.Content = append(list.Content, &line)
		}
		if len(list.Content) == 0 {
			list.Style = yaml.FlowStyle
		}
		key := yaml.Node{Kind: yaml.ScalarNode, Value: "entries"}
		return generate.EncodeYAML(w, &yaml.Node{Kind: yaml.MappingNode, Content: []*yaml.Node{&key, &list}})
	}
}
