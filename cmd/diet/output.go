package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/diet-project/diet/engine"
	"github.com/diet-project/diet/engine/apply"
	"github.com/diet-project/diet/engine/report"
)

// wantsJSON reports whether the arguments ask for JSON.
func wantsJSON(args []string) bool {
	for i, arg := range args {
		if arg == "--" {
			break
		}
		name, value, joined := strings.Cut(strings.TrimLeft(arg, "-"), "=")
		switch {
		case !strings.HasPrefix(arg, "-"):
		case name == "json":
			on, err := strconv.ParseBool(value)
			return !joined || err != nil || on
		case slices.Contains([]string{"o", "output", "format"}, name):
			if !joined && i+1 < len(args) {
				value = args[i+1]
			}
			if value == "json" {
				return true
			}
		}
	}
	return false
}

// output is where results go. What is printed as JSON is one value, which is written at the
// end: only then it is known what failed.
type output struct {
	io.Writer
	written bool  // something that is no such value
	lost    error // what could not be written, such as that who read it is gone
	value   any
	has     bool
}

// Write implements [io.Writer].
func (o *output) Write(p []byte) (int, error) {
	o.written = o.written || len(p) > 0
	n, err := o.Writer.Write(p)
	if o.lost == nil && err != nil {
		o.lost = fmt.Errorf("write output: %w", err)
	}
	return n, err
}

// Keep implements [report.Keeper]. A later value takes the place of an earlier one: what was
// applied, that of the preview.
func (o *output) Keep(v any) {
	if list := reflect.ValueOf(v); list.Kind() == reflect.Slice && list.IsNil() {
		v = []any{} // there are none: null is no list
	}
	o.value, o.has = v, true
}

// end writes the value, with the error of the command if it does not tell that itself. Where
// JSON is wanted and there is no value, the error is all of it.
func (o *output) end(f *failure, wanted bool) error {
	_, tells := o.value.(perPlan)
	failed := f != nil && (f.Message != "" || !o.has)
	switch {
	case o.has && failed && !tells:
		o.value = failedValue{o.value, *f}
	case o.has:
	case failed && wanted && !o.written:
		o.value = map[string]any{"error": f}
	default:
		return nil
	}
	return report.JSON{W: struct{ io.Writer }{o}}.Value(o.value)
}

// perPlan are values of several plans, of which each has the error of its plan.
type perPlan []any

// failedValue is what a command found out, and why it failed nevertheless: an object gets the
// error as one more key, and a list stands beside it.
type failedValue struct {
	value any
	why   failure
}

// MarshalJSON implements [json.Marshaler].
func (v failedValue) MarshalJSON() ([]byte, error) {
	why, err := plainJSON(v.why)
	if err != nil {
		return nil, err
	}
	value, err := plainJSON(v.value)
	if err != nil {
		return nil, err
	}
	fields, isObject := bytes.CutPrefix(value, []byte("{"))
	switch {
	case !isObject:
		return slices.Concat([]byte(`{"error":`), why, []byte(`,"result":`), value, []byte("}")), nil
	case bytes.Equal(fields, []byte("}")):
		return slices.Concat([]byte(`{"error":`), why, fields), nil
	}
	return slices.Concat([]byte(`{"error":`), why, []byte(","), fields), nil
}

// plainJSON is a value as JSON, in which < and > are themselves.
func plainJSON(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(report.JSONWriter(&b))
	enc.SetEscapeHTML(false)
	err := enc.Encode(v)
	return bytes.TrimSpace(b.Bytes()), err
}

// withError is a value of one of several plans, and why that plan failed, if it did.
func withError(ctx context.Context, v any, err error) any {
	if err == nil {
		return v
	}
	if why := failureOf(ctx, err); why.Message != "" {
		return failedValue{v, *why}
	}
	return v
}

// unapplied is what there is to say of a plan of which nothing was applied.
type unapplied struct {
	Plan    string          `json:"plan"`
	Preview *engine.Preview `json:"preview,omitempty"`
}

// valueOf is what became of a plan, as JSON prints it.
func valueOf(intent engine.Intent, r *apply.Result, p *engine.Preview) any {
	if r != nil {
		return r
	}
	return unapplied{intent.Info().Key, p}
}
