package report

import (
	"fmt"
	"reflect"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Printable returns a text as one line for a terminal. Whoever may edit an object in NetBox
// chooses its names and texts: a line end in one forges a line of diet's, an escape
// sequence rewrites what was printed before. Each control character becomes its picture,
// such as ␊ for a line end, and what turns the direction of writing its number.
func Printable(text string) string {
	if isPrintable(text) {
		return text
	}
	var out strings.Builder
	for i, r := range text {
		switch {
		case r == utf8.RuneError && !strings.HasPrefix(text[i:], string(utf8.RuneError)):
			fmt.Fprintf(&out, "<%02X>", text[i])
		case r < ' ':
			out.WriteRune('␀' + r)
		case r == '\u007f':
			out.WriteRune('␡')
		case hidden(r):
			fmt.Fprintf(&out, "<%U>", r)
		default:
			out.WriteRune(r)
		}
	}
	return out.String()
}

// PrintableLines is [Printable] for a text of several lines.
func PrintableLines(text string) string {
	lines := strings.Split(text, "\n")
	for i := range lines {
		lines[i] = Printable(lines[i])
	}
	return strings.Join(lines, "\n")
}

func isPrintable(text string) bool {
	return utf8.ValidString(text) && strings.IndexFunc(text, hidden) < 0
}

// hidden reports a character that a terminal acts on instead of showing it: controls, line
// and paragraph separators, and those that turn the direction of writing.
func hidden(r rune) bool {
	return unicode.IsControl(r) || unicode.In(r, unicode.Zl, unicode.Zp, unicode.Bidi_Control)
}

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
		return isPrintable(v.String())
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
