package report

import (
	"io"
	"reflect"

	"github.com/diet-project/diet/generate/plain"
)

// Printable returns a text as one line that does nothing else, see [plain.Line].
func Printable(text string) string { return plain.Line(text) }

// PrintableLines is [Printable] for a text of several lines.
func PrintableLines(text string) string { return plain.Lines(text) }

// Cell returns a text as a cell of CSV, see [plain.Cell].
func Cell(text string) string { return plain.Cell(text) }

// JSONWriter is a writer of JSON in which no text turns the direction of writing: it has the
// escapes of such characters.
func JSONWriter(w io.Writer) io.Writer { return plain.JSON(w) }

// printable returns a value with all texts in it as [Printable] makes them: itself if they
// are so already, else a copy.
func printable[T any](v T) T {
	value := reflect.ValueOf(&v).Elem()
	if allPrintable(value) {
		return v
	}
	return copied(value).Interface().(T)
}

// allPrintable looks through the exported parts of a value.
func allPrintable(v reflect.Value) bool {
	switch v.Kind() {
	case reflect.String:
		return plain.Is(v.String())
	case reflect.Pointer, reflect.Interface:
		return v.IsNil() || allPrintable(v.Elem())
	case reflect.Slice, reflect.Array:
		for i := range v.Len() {
			if !allPrintable(v.Index(i)) {
				return false
			}
		}
	case reflect.Map:
		for it := v.MapRange(); it.Next(); {
			if !allPrintable(it.Key()) || !allPrintable(it.Value()) {
				return false
			}
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() && !allPrintable(v.Field(i)) {
				return false
			}
		}
	}
	return true
}

// copied is a deep copy with printable texts.
func copied(v reflect.Value) reflect.Value {
	out := reflect.New(v.Type()).Elem()
	out.Set(v)
	switch v.Kind() {
	case reflect.String:
		out.SetString(Printable(v.String()))
	case reflect.Pointer:
		if !v.IsNil() {
			out.Set(reflect.New(v.Type().Elem()))
			out.Elem().Set(copied(v.Elem()))
		}
	case reflect.Interface:
		if !v.IsNil() {
			out.Set(copied(v.Elem()))
		}
	case reflect.Slice:
		if !v.IsNil() {
			out.Set(reflect.MakeSlice(v.Type(), v.Len(), v.Len()))
		}
		fallthrough
	case reflect.Array:
		for i := range v.Len() {
			out.Index(i).Set(copied(v.Index(i)))
		}
	case reflect.Map:
		if !v.IsNil() {
			out.Set(reflect.MakeMapWithSize(v.Type(), v.Len()))
		}
		for it := v.MapRange(); it.Next(); {
			out.SetMapIndex(copied(it.Key()), copied(it.Value()))
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				out.Field(i).Set(copied(v.Field(i)))
			}
		}
	}
	return out
}
