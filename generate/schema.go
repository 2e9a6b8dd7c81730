package generate

import (
	"encoding/json"
	"fmt"
	"reflect"

	"github.com/invopop/jsonschema"
)

// SchemaID is the address by which documents and editors name the schema.
const SchemaID = "https://github.com/diet-project/diet/generate/plan.schema.json"

// Schema gives the JSON Schema (2020-12) of the plan language, generated from
// the Go types, indented and ended by a newline. The copy in
// generate/plan.schema.json is what editors use.
func Schema() ([]byte, error) {
	r := &jsonschema.Reflector{
		RequiredFromJSONSchemaTags: true,
		ExpandedStruct:             true,
		Mapper:                     mapSchema,
	}
	s := r.ReflectFromType(reflect.TypeFor[Plan]())
	s.ID, s.Title, s.Description = SchemaID, "diet plan", "A plan of diet, in the language diet/v1alpha1: what a site's fabric shall be."
	nullable(s)
	data, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("marshal schema: %w", err)
	}
	return append(data, '\n'), nil
}

// nullable lets catalog entries stand without a body.
func nullable(s *jsonschema.Schema) {
	catalog := s.Definitions["Catalog"]
	if catalog == nil {
		return
	}
	for p := catalog.Properties.Oldest(); p != nil; p = p.Next() {
		p.Value.AdditionalProperties = &jsonschema.Schema{
			AnyOf: []*jsonschema.Schema{p.Value.AdditionalProperties, {Type: "null"}},
		}
	}
}

// mapSchema describes the types that read themselves, which may be written in two ways.
func mapSchema(t reflect.Type) *jsonschema.Schema {
	switch t {
	case reflect.TypeFor[SiteSpec]():
		return either(&jsonschema.Schema{Type: "string", Pattern: slugPattern}, object(t))
	case reflect.TypeFor[RemediationSpec]():
		return either(&jsonschema.Schema{Type: "string", Enum: anyOf(remediations)}, object(t))
	case reflect.TypeFor[Count]():
		return either(&jsonschema.Schema{Const: "auto"}, &jsonschema.Schema{Type: "integer", Minimum: "0"})
	case reflect.TypeFor[Alloc]():
		words := &jsonschema.Schema{Type: "string", Enum: []any{"sequential", "interleaved", "spaced"}}
		return either(words, &jsonschema.Schema{Type: "array", Items: scalar()})
	}
	return nil
}

func either(a, b *jsonschema.Schema) *jsonschema.Schema {
	return &jsonschema.Schema{AnyOf: []*jsonschema.Schema{a, b}}
}

// anyOf are the values of an enumeration.
func anyOf(words []string) []any {
	values := make([]any, len(words))
	for i, w := range words {
		values[i] = w
	}
	return values
}

// object describes the long form of a type that has a short one.
func object(t reflect.Type) *jsonschema.Schema {
	r := &jsonschema.Reflector{RequiredFromJSONSchemaTags: true, DoNotReference: true, Anonymous: true}
	s := r.ReflectFromType(t)
	s.Version = ""
	return s
}

// scalar is a text or a number: port lists read both.
func scalar() *jsonschema.Schema {
	return either(&jsonschema.Schema{Type: "string"}, &jsonschema.Schema{Type: "integer"})
}

// JSONSchemaExtend lets a port spec and NIC ports be written as numbers too.
func (Zone) JSONSchemaExtend(s *jsonschema.Schema) { textOrNumber(s, "ports") }

func textOrNumber(s *jsonschema.Schema, key string) {
	if p, ok := s.Properties.Get(key); ok {
		p.Type, p.AnyOf = "", scalar().AnyOf
	}
}

// JSONSchemaExtend lets the ports of a NIC be written as numbers too.
func (Nic) JSONSchemaExtend(s *jsonschema.Schema) {
	if p, ok := s.Properties.Get("ports"); ok {
		p.Items = scalar()
	}
}
