package model

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/diet-project/diet/mirror/sandbox/table"
)

// wrong says what is wrong with a value.
func (d *definition) wrong(v any) string {
	if v == nil || v == "" {
		if d.required {
			return "Required field cannot be empty."
		}
		return ""
	}
	switch d.kind {
	case "text", "longtext", "url":
		return d.wrongText(v)
	case "integer", "decimal":
		return d.wrongNumber(v)
	case "boolean":
		if _, ok := v.(bool); !ok && table.Plain(v) != "0" && table.Plain(v) != "1" {
			return "Value must be true or false."
		}
	case "date":
		if _, err := time.Parse("2006-01-02", table.Plain(v)); err != nil {
			return "Date values must be in ISO 8601 format (YYYY-MM-DD)."
		}
	case "datetime":
		if _, ok := table.ReadTime(table.Plain(v)); !ok {
			return "Date and time values must be in ISO 8601 format (YYYY-MM-DD HH:MM:SS)."
		}
	default:
		return d.wrongChoice(v)
	}
	return ""
}

func (d *definition) wrongText(v any) string {
	s, ok := v.(string)
	switch {
	case !ok:
		return "Value must be a string."
	case d.regex != nil && !d.regex.MatchString(s):
		return "Value must match regex '" + d.r.Text("validation_regex") + "'"
	}
	return ""
}

func (d *definition) wrongNumber(v any) string {
	if _, ok := v.(int64); !ok && d.kind == "integer" {
		return "Value must be an integer."
	}
	n, err := strconv.ParseFloat(table.Plain(v), 64)
	switch low, high := d.r.Get("validation_minimum"), d.r.Get("validation_maximum"); {
	case err != nil:
		return "Value must be a decimal."
	case low != nil && n < low.(float64):
		return "Value must be at least " + table.Plain(low)
	case high != nil && n > high.(float64):
		return "Value must not exceed " + table.Plain(high)
	}
	return ""
}

func (d *definition) wrongChoice(v any) string {
	switch d.kind {
	case "select":
		if _, known := d.choices.Get(table.Plain(v)); !known {
			return fmt.Sprintf("Invalid choice (%s) for choice set %s.", table.Plain(v), d.setName)
		}
	case "multiselect":
		list, ok := v.([]any)
		if !ok {
			list = []any{v}
		}
		for _, x := range list {
			if _, known := d.choices.Get(table.Plain(x)); !known {
				return fmt.Sprintf("Invalid choice(s) (%s) for choice set %s.", table.PythonText(v), d.setName)
			}
		}
	case "object":
		if _, ok := v.(int64); !ok {
			return "Value must be an object ID, not " + table.PythonType(v)
		}
	case "multiobject":
		if _, ok := v.([]any); !ok {
			return "Value must be a list of object IDs, not " + table.PythonType(v)
		}
	}
	return ""
}

// Filter is ?cf_name=: loose or exact as the field says.
func (c *customSet) Filter(m *table.Model, name string, values []string) (*table.Match, string) {
	name, lookup, _ := strings.Cut(name, "__")
	var def *definition
	for _, d := range c.Of(m) {
		if d.name == name {
			def = d
		}
	}
	if def == nil || def.logic == "disabled" {
		return nil, ""
	}
	of := func(r *table.Record) any { return r.Custom[name] }
	switch def.kind {
	case "integer", "decimal", "object":
		return table.NumberFilter(of, lookup, values)
	case "multiobject":
		return holdsAny(name, lookup, values)
	case "boolean":
		want := table.Truthy(values[0])
		return &table.Match{Test: func(r *table.Record) bool { return r.Custom[name] == want }}, ""
	case "json":
		return nil, "" // cannot be filtered by
	case "text", "longtext", "url":
		switch {
		case def.logic == "loose" && lookup != "":
			return nil, "" // there is no other way to compare then
		case def.logic == "loose":
			lookup = "ic"
		}
	}
	if values[0] == "null" && lookup != "empty" {
		return &table.Match{Test: func(r *table.Record) bool { return r.Custom[name] == nil }}, ""
	}
	return table.TextFilter(of, lookup, values)
}

// holdsAny is the filter of a field with several objects: any of the numbers is among them.
func holdsAny(name, lookup string, values []string) (*table.Match, string) {
	if lookup != "" {
		return nil, ""
	}
	for _, v := range values {
		if _, err := strconv.ParseInt(v, 10, 64); err != nil {
			return nil, "Enter a number."
		}
	}
	return &table.Match{Test: func(r *table.Record) bool {
		list, _ := r.Custom[name].([]any)
		return slices.ContainsFunc(list, func(v any) bool { return slices.Contains(values, table.Plain(v)) })
	}}, ""
}
