package export

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"text/template"

	"github.com/diet-project/diet/generate"
)

// Functions are those of a template beside the ones of Go.
var Functions = template.FuncMap{
	"json":    toJSON,
	"yaml":    toYAML,
	"lower":   strings.ToLower,
	"upper":   strings.ToUpper,
	"replace": func(from, to, s string) string { return strings.ReplaceAll(s, from, to) },
	"join":    func(sep string, list []string) string { return strings.Join(list, sep) },
	"snake":   snake,
}

// Template writes what a template makes of a topology. name is what errors call it. Nothing is
// written where it fails.
func Template(w io.Writer, t *generate.Topology, name, text string) error {
	parsed, err := template.New(name).Option("missingkey=error").Funcs(Functions).Parse(text)
	if err != nil {
		return fmt.Errorf("read template: %w", err)
	}
	var out bytes.Buffer
	if err := parsed.Execute(&out, NewData(t)); err != nil {
		return fmt.Errorf("run template: %w", err)
	}
	if _, err := out.WriteTo(w); err != nil {
		return fmt.Errorf("write: %w", err)
	}
	return nil
}

func toJSON(v any) (string, error) {
	text, err := json.Marshal(v)
	return string(text), err
}

// toYAML is a value as YAML, without the line end behind it.
func toYAML(v any) (string, error) {
	var text strings.Builder
	err := generate.EncodeYAML(&text, v)
	return strings.TrimSuffix(text.String(), "\n"), err
}

// snake is a name with nothing but letters, digits and underscores, as Ansible wants its groups.
func snake(s string) string {
	return strings.Map(func(r rune) rune {
		if r == '_' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' {
			return r
		}
		return '_'
	}, s)
}
