package table

import (
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// Draft is an object in the making: the new version and what the body said.
type Draft struct {
	Record *Record
	Given  map[string]bool
	More   map[string]any // what fields that are not stored were given
	Faults *faults

	neglected faults // required, and left out by ?fields=
}

// parse reads a body into a new version of old, or into a new object. Only
// the selected fields count, as with NetBox's ?fields=.
func (t *Tx) parse(m *Model, in map[string]any, old *Record, chosen *Selection, whole bool) *Draft {
	d := &Draft{Given: map[string]bool{}, Faults: &faults{}, More: map[string]any{}}
	if old != nil {
		d.Record = old.Copy()
	} else {
		d.Record = NewRecord(m)
	}
	for _, f := range m.Fields {
		if f.ReadOnly || f.Hidden {
			continue
		}
		if !chosen.has(f.Name) {
			d.neglect(f, old)
			continue
		}
		v, said := in[f.Name]
		switch {
		case said:
			d.Given[f.Name] = true
			t.accept(d, f, v, old)
		case old == nil:
			t.assume(d, f)
		case whole && f.Required:
			d.Faults.Add(f.Name, "This field is required.")
		}
	}
	t.presume(m, d, old)
	return d
}

// neglect notes a required field that ?fields= keeps out of a creation.
func (d *Draft) neglect(f *Field, old *Record) {
	switch {
	case old != nil || !f.Required:
	case f.Kind == Text || f.Kind == Slug:
		d.neglected.Add(f.Name, "This field cannot be blank.")
	default:
		d.neglected.Add(f.Name, "This field cannot be null.")
	}
}

// assume sets what a field is where nothing is said about it.
func (t *Tx) assume(d *Draft, f *Field) {
	switch {
	case f.Required:
		d.Faults.Add(f.Name, "This field is required.")
	case f.Column >= 0:
		d.Record.Values[f.Column] = f.Default
	}
}

// presume gives fields that the body cannot set, or may not, their default.
func (t *Tx) presume(m *Model, d *Draft, old *Record) {
	if old != nil {
		return
	}
	for _, f := range m.Fields {
		if f.Column >= 0 && d.Record.Values[f.Column] == nil && !d.Given[f.Name] {
			d.Record.Values[f.Column] = f.Default
		}
	}
	if m.Custom && d.Record.Custom == nil {
		d.Record.Custom = t.Customs.Defaults(m)
	}
}

// accept takes what a body says of a field.
func (t *Tx) accept(d *Draft, f *Field, v any, old *Record) {
	if f.Kind.Accept != nil {
		f.Kind.Accept(t, d, f, v, old)
		return
	}
	value, msg := t.read(f, v)
	if msg != "" {
		d.Faults.Add(f.Name, "%s", msg)
	} else if f.Column >= 0 {
		d.Record.Values[f.Column] = value
	}
}

// read turns one JSON value into a field's, or says what is wrong with it.
func (t *Tx) read(f *Field, v any) (any, string) {
	switch {
	case v == nil && f.Kind.null != nil:
		return f.Kind.null(f)
	case v == nil:
		return readNull(f)
	}
	return f.Kind.Read(t, f, v)
}

func readNull(f *Field) (any, string) {
	if f.Null {
		return nil, ""
	}
	return nil, "This field may not be null."
}

func readText(f *Field, v any) (any, string) {
	var s string
	switch x := v.(type) {
	case string:
		s = strings.TrimSpace(x)
	case int64, float64:
		s = Plain(x)
	default:
		return nil, "Not a valid string."
	}
	switch {
	case strings.Contains(s, "\x00"):
		return nil, "Null characters are not allowed."
	case s == "" && f.EmptyNull:
		return nil, ""
	case s == "" && !f.Blank:
		return nil, "This field may not be blank."
	case f.Max > 0 && utf8.RuneCountInString(s) > f.Max:
		return nil, fmt.Sprintf("Ensure this field has no more than %d characters.", f.Max)
	}
	return s, ""
}

var (
	slugForm  = regexp.MustCompile(`^[-a-zA-Z0-9_]+$`)
	colorForm = regexp.MustCompile(`^[0-9a-f]{6}$`)
)

func readSlug(f *Field, v any) (any, string) {
	s, msg := readText(f, v)
	if msg == "" && !slugForm.MatchString(s.(string)) {
		return nil, "Enter a valid “slug” consisting of letters, numbers, underscores or hyphens."
	}
	return s, msg
}

func readColor(f *Field, v any) (any, string) {
	s, msg := readText(f, v)
	switch {
	case msg != "":
		return nil, msg
	case s == "" && f.Blank, colorForm.MatchString(s.(string)):
		return s, ""
	case len(s.(string)) > 6:
		return nil, "Ensure this field has no more than 6 characters."
	}
	return nil, "Enter a valid hexadecimal RGB color code."
}

func readInteger(f *Field, v any) (any, string) {
	n, ok := WholeNumber(v)
	if !ok {
		return nil, "A valid integer is required."
	}
	if f.Bounded && float64(n) < f.Low {
		return nil, fmt.Sprintf("Ensure this value is greater than or equal to %d.", int64(f.Low))
	}
	if f.Bounded && float64(n) > f.High {
		return nil, fmt.Sprintf("Ensure this value is less than or equal to %d.", int64(f.High))
	}
	return n, ""
}

// WholeNumber takes 5, 5.0 and "5".
func WholeNumber(v any) (int64, bool) {
	switch x := v.(type) {
	case int64:
		return x, true
	case float64:
		return int64(x), x == math.Trunc(x)
	case string:
		n, err := strconv.ParseInt(strings.TrimSpace(x), 10, 64)
		return n, err == nil
	}
	return 0, false
}

func readDecimal(f *Field, v any) (any, string) {
	var n float64
	switch x := v.(type) {
	case int64:
		n = float64(x)
	case float64:
		n = x
	case string:
		var err error
		if n, err = strconv.ParseFloat(strings.TrimSpace(x), 64); err != nil {
			return nil, "A valid number is required."
		}
	default:
		return nil, "A valid number is required."
	}
	return n, misfit(f, n)
}

// misfit says how a decimal breaks its field's bounds and digits.
func misfit(f *Field, n float64) string {
	s := strconv.FormatFloat(math.Abs(n), 'f', -1, 64)
	whole, frac, _ := strings.Cut(s, ".")
	digits := len(strings.TrimLeft(whole, "0")) + len(frac)
	switch {
	case f.Digits > 0 && digits > f.Digits:
		return fmt.Sprintf("Ensure that there are no more than %d digits in total.", f.Digits)
	case f.Digits > 0 && len(frac) > f.Places:
		return fmt.Sprintf("Ensure that there are no more than %d decimal places.", f.Places)
	case f.Digits > 0 && digits-len(frac) > f.Digits-f.Places:
		return fmt.Sprintf("Ensure that there are no more than %d digits before the decimal point.", f.Digits-f.Places)
	case f.Bounded && n < f.Low:
		return fmt.Sprintf("Ensure this value is greater than or equal to %s.", string(appendFloat(nil, f.Low)))
	case f.Bounded && n > f.High:
		return fmt.Sprintf("Ensure this value is less than or equal to %s.", string(appendFloat(nil, f.High)))
	}
	return ""
}

// Places prints a number with so many decimal places.
func Places(n float64, digits int) string { return strconv.FormatFloat(n, 'f', digits, 64) }

func readBool(_ *Field, v any) (any, string) {
	switch x := v.(type) {
	case bool:
		return x, ""
	case int64:
		if x == 0 || x == 1 {
			return x == 1, ""
		}
	case string:
		switch strings.ToLower(strings.TrimSpace(x)) {
		case "t", "y", "yes", "true", "on", "1":
			return true, ""
		case "f", "n", "no", "false", "off", "0":
			return false, ""
		}
	}
	return nil, "Must be a valid boolean."
}

func nullChoice(f *Field) (any, string) {
	switch {
	case !f.Null && !f.Blank:
		return nil, "This field may not be blank."
	case f.Default == "":
		return "", ""
	}
	return nil, ""
}

func nullNumber(*Field) (any, string) { return nil, "This field may not be blank." }

func readChoice(f *Field, v any) (any, string) { return f.choose(v, "%s is not a valid choice.") }

func readQuotedChoice(f *Field, v any) (any, string) {
	return f.choose(v, `"%s" is not a valid choice.`)
}

// readNumberChoice keeps numbers as such.
func readNumberChoice(f *Field, v any) (any, string) {
	value, msg := f.choose(v, "%s is not a valid choice.")
	if n, ok := WholeNumber(v); ok && msg == "" {
		return n, ""
	}
	return value, msg
}

// choose finds a value among the choices.
func (f *Field) choose(v any, complaint string) (any, string) {
	switch v.(type) {
	case map[string]any, []any:
		return nil, `Value must be passed directly (e.g. "foo": 123); do not use a dictionary or list.`
	}
	s := Plain(v)
	if s == "" {
		return nullChoice(f)
	}
	if _, known := f.Labels[s]; !known {
		return nil, fmt.Sprintf(complaint, s)
	}
	return s, ""
}

func readDate(_ *Field, v any) (any, string) {
	s := Plain(v)
	if _, err := time.Parse(time.DateOnly, s); err != nil {
		return nil, "Date has wrong format. Use one of these formats instead: YYYY-MM-DD."
	}
	return s, ""
}

func readMoment(_ *Field, v any) (any, string) {
	if t, ok := ReadTime(Plain(v)); ok {
		return t, ""
	}
	return nil, "Datetime has wrong format. Use one of these formats instead: YYYY-MM-DDThh:mm[:ss[.uuuuuu]][+HH:MM|-HH:MM|Z]."
}

func readIntegers(_ *Field, v any) (any, string) {
	list, ok := v.([]any)
	if !ok {
		return nil, fmt.Sprintf("Expected a list of items but got type %q.", PythonType(v))
	}
	if len(list) == 0 {
		return nil, "This list may not be empty."
	}
	numbers := []int64{}
	for _, x := range list {
		n, ok := WholeNumber(x)
		if !ok {
			return nil, "A valid integer is required."
		}
		numbers = append(numbers, n)
	}
	return numbers, ""
}

// ReadType reads the type of an object, as dcim.device.
func ReadType(t *Tx, _ *Field, v any) (any, string) {
	s, ok := v.(string)
	if !ok || strings.Count(s, ".") != 1 {
		return nil, "Invalid value. Specify a content type as '<app_label>.<model_name>'."
	}
	if !t.knowsType(s) {
		return nil, "Invalid content type: " + s
	}
	return s, ""
}

func readTypes(t *Tx, f *Field, v any) (any, string) {
	list, ok := v.([]any)
	if !ok {
		return nil, fmt.Sprintf("Expected a list of items but got type %q.", PythonType(v))
	}
	names := []string{}
	for _, x := range list {
		name, msg := ReadType(t, f, x)
		if msg != "" {
			return nil, msg
		}
		names = append(names, name.(string))
	}
	slices.Sort(names)
	return slices.Compact(names), ""
}

// PythonType names a JSON value's type in Python's words.
func PythonType(v any) string {
	switch v.(type) {
	case map[string]any:
		return "dict"
	case []any:
		return "list"
	case string:
		return "str"
	case bool:
		return "bool"
	case int64:
		return "int"
	case float64:
		return "float"
	}
	return "NoneType"
}
