package sandbox

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

// draft is an object in the making: the new version and what the body said.
type draft struct {
	r      *record
	given  map[string]bool
	ends   map[string][]terminal // a cable's terminations by field
	faults *faults

	neglected faults // required, and left out by ?fields=
}

// parse reads a body into a new version of old, or into a new object. Only
// the selected fields count, as with NetBox's ?fields=.
func (t *tx) parse(m *model, in map[string]any, old *record, chosen *selection, whole bool) *draft {
	d := &draft{given: map[string]bool{}, faults: &faults{}, ends: map[string][]terminal{}}
	if old != nil {
		d.r = old.copy()
	} else {
		d.r = newRecord(m)
	}
	for _, f := range m.fields {
		if f.readOnly || f.hidden {
			continue
		}
		if !chosen.has(f.name) {
			d.neglect(f, old)
			continue
		}
		v, said := in[f.name]
		switch {
		case said:
			d.given[f.name] = true
			t.accept(d, f, v, old)
		case old == nil:
			t.assume(d, f)
		case whole && f.required:
			d.faults.add(f.name, "This field is required.")
		}
	}
	t.presume(m, d, old)
	return d
}

// neglect notes a required field that ?fields= keeps out of a creation.
func (d *draft) neglect(f *field, old *record) {
	switch {
	case old != nil || !f.required:
	case f.kind == text || f.kind == slug:
		d.neglected.add(f.name, "This field cannot be blank.")
	default:
		d.neglected.add(f.name, "This field cannot be null.")
	}
}

// assume sets what a field is where nothing is said about it.
func (t *tx) assume(d *draft, f *field) {
	switch {
	case f.required:
		d.faults.add(f.name, "This field is required.")
	case f.column >= 0:
		d.r.values[f.column] = f.def
	case f.kind == customFields:
		d.r.custom = t.customDefaults(d.r.model)
	}
}

// presume gives fields that the body cannot set, or may not, their default.
func (t *tx) presume(m *model, d *draft, old *record) {
	if old != nil {
		return
	}
	for _, f := range m.fields {
		if f.column >= 0 && d.r.values[f.column] == nil && !d.given[f.name] {
			d.r.values[f.column] = f.def
		}
	}
	if m.custom && d.r.custom == nil {
		d.r.custom = t.customDefaults(m)
	}
}

func (t *tx) accept(d *draft, f *field, v any, old *record) {
	switch f.kind {
	case tags, addTags, removeTags:
		t.acceptTags(d, f, v, old)
		return
	case customFields:
		t.acceptCustom(d, v, old)
		return
	case terminations:
		t.acceptEnds(d, f, v)
		return
	}
	value, msg := t.read(f, v)
	if msg != "" {
		d.faults.add(f.name, "%s", msg)
	} else if f.column >= 0 {
		d.r.values[f.column] = value
	}
}

// read turns one JSON value into a field's, or says what is wrong with it.
func (t *tx) read(f *field, v any) (any, string) {
	switch f.kind {
	case lackingRef, lackingRefs, unkept:
		return t.readAbsent(f, v)
	}
	if v == nil {
		return readNull(f)
	}
	switch f.kind {
	case text, secret:
		return readText(f, v)
	case timestamp:
		return readMoment(v)
	case macAddress:
		return readMAC(v)
	case zone:
		return readZone(v)
	case slug:
		return readSlug(f, v)
	case color:
		return readColor(f, v)
	case integer:
		return readInteger(f, v)
	case decimal:
		return readDecimal(f, v)
	case boolean:
		return readBool(v)
	case choiceOf, plainChoice, numberChoice:
		return readChoice(f, v)
	case reference:
		return t.readReference(f, v)
	case references:
		return t.readReferences(f, v)
	}
	return t.readOther(f, v)
}

func (t *tx) readOther(f *field, v any) (any, string) {
	switch f.kind {
	case typeName:
		return t.readType(v)
	case typeNames:
		return t.readTypes(v)
	case integers:
		return readIntegers(v)
	case address, prefix:
		value, msg := readNetwork(f, v)
		if t.rel.minor <= 5 && strings.HasPrefix(msg, badAddress) {
			panic(crash("KeyError", "'data'")) // its own message trips it up
		}
		return value, msg
	}
	return v, ""
}

// readAbsent reads what the sandbox does not keep: naught passes.
func (t *tx) readAbsent(f *field, v any) (any, string) {
	switch list, many := v.([]any); {
	case v == nil && f.kind == lackingRefs:
		return nil, "This field may not be null."
	case v == nil, many && len(list) == 0, f.kind == unkept && string(appendJSON(nil, v)) == string(appendJSON(nil, f.def)):
		return nil, ""
	case f.kind == unkept:
		return nil, "The sandbox does not keep this field."
	case f.kind == lackingRef:
		return t.readReference(f, v)
	}
	return t.readReferences(f, v)
}

func readNull(f *field) (any, string) {
	switch {
	case (f.kind == choiceOf || f.kind == plainChoice) && (f.null || f.blank):
		if f.def == "" {
			return "", ""
		}
		return nil, ""
	case f.kind == choiceOf || f.kind == numberChoice:
		return nil, "This field may not be blank."
	case f.null || f.kind == jsonValue:
		return nil, ""
	}
	return nil, "This field may not be null."
}

func readText(f *field, v any) (any, string) {
	var s string
	switch x := v.(type) {
	case string:
		s = strings.TrimSpace(x)
	case int64, float64:
		s = plain(x)
	default:
		return nil, "Not a valid string."
	}
	switch {
	case strings.Contains(s, "\x00"):
		return nil, "Null characters are not allowed."
	case s == "" && f.emptyNull:
		return nil, ""
	case s == "" && !f.blank:
		return nil, "This field may not be blank."
	case f.max > 0 && utf8.RuneCountInString(s) > f.max:
		return nil, fmt.Sprintf("Ensure this field has no more than %d characters.", f.max)
	}
	return s, ""
}

var (
	slugForm  = regexp.MustCompile(`^[-a-zA-Z0-9_]+$`)
	colorForm = regexp.MustCompile(`^[0-9a-f]{6}$`)
)

func readSlug(f *field, v any) (any, string) {
	s, msg := readText(f, v)
	if msg == "" && !slugForm.MatchString(s.(string)) {
		return nil, "Enter a valid “slug” consisting of letters, numbers, underscores or hyphens."
	}
	return s, msg
}

func readColor(f *field, v any) (any, string) {
	s, msg := readText(f, v)
	switch {
	case msg != "":
		return nil, msg
	case s == "" && f.blank, colorForm.MatchString(s.(string)):
		return s, ""
	case len(s.(string)) > 6:
		return nil, "Ensure this field has no more than 6 characters."
	}
	return nil, "Enter a valid hexadecimal RGB color code."
}

func readInteger(f *field, v any) (any, string) {
	n, ok := wholeNumber(v)
	if !ok {
		return nil, "A valid integer is required."
	}
	if f.bounded && float64(n) < f.low {
		return nil, fmt.Sprintf("Ensure this value is greater than or equal to %d.", int64(f.low))
	}
	if f.bounded && float64(n) > f.high {
		return nil, fmt.Sprintf("Ensure this value is less than or equal to %d.", int64(f.high))
	}
	return n, ""
}

// wholeNumber takes 5, 5.0 and "5".
func wholeNumber(v any) (int64, bool) {
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

func readDecimal(f *field, v any) (any, string) {
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
func misfit(f *field, n float64) string {
	s := strconv.FormatFloat(math.Abs(n), 'f', -1, 64)
	whole, frac, _ := strings.Cut(s, ".")
	digits := len(strings.TrimLeft(whole, "0")) + len(frac)
	switch {
	case f.digits > 0 && digits > f.digits:
		return fmt.Sprintf("Ensure that there are no more than %d digits in total.", f.digits)
	case f.digits > 0 && len(frac) > f.places:
		return fmt.Sprintf("Ensure that there are no more than %d decimal places.", f.places)
	case f.digits > 0 && digits-len(frac) > f.digits-f.places:
		return fmt.Sprintf("Ensure that there are no more than %d digits before the decimal point.", f.digits-f.places)
	case f.bounded && n < f.low:
		return fmt.Sprintf("Ensure this value is greater than or equal to %s.", string(appendFloat(nil, f.low)))
	case f.bounded && n > f.high:
		return fmt.Sprintf("Ensure this value is less than or equal to %s.", string(appendFloat(nil, f.high)))
	}
	return ""
}

func fixed(n float64, places int) string { return strconv.FormatFloat(n, 'f', places, 64) }

func readBool(v any) (any, string) {
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

func readChoice(f *field, v any) (any, string) {
	switch v.(type) {
	case map[string]any, []any:
		return nil, `Value must be passed directly (e.g. "foo": 123); do not use a dictionary or list.`
	}
	s := plain(v)
	if s == "" {
		switch {
		case !f.blank && !f.null:
			return nil, "This field may not be blank."
		case f.def == "":
			return "", ""
		}
		return nil, ""
	}
	if _, known := f.labels[s]; !known {
		if f.kind == plainChoice {
			return nil, fmt.Sprintf("%q is not a valid choice.", s)
		}
		return nil, s + " is not a valid choice."
	}
	if n, ok := wholeNumber(v); ok && f.kind == numberChoice {
		return n, ""
	}
	return s, ""
}

func readMoment(v any) (any, string) {
	if t, ok := readTime(plain(v)); ok {
		return t, ""
	}
	return nil, "Datetime has wrong format. Use one of these formats instead: YYYY-MM-DDThh:mm[:ss[.uuuuuu]][+HH:MM|-HH:MM|Z]."
}

func readZone(v any) (any, string) {
	name := plain(v)
	if _, err := time.LoadLocation(name); err != nil || name == "" || name == "Local" {
		return nil, "A valid timezone is required."
	}
	return name, ""
}

func readIntegers(v any) (any, string) {
	list, ok := v.([]any)
	if !ok {
		return nil, fmt.Sprintf("Expected a list of items but got type %q.", pythonType(v))
	}
	if len(list) == 0 {
		return nil, "This list may not be empty."
	}
	numbers := []int64{}
	for _, x := range list {
		n, ok := wholeNumber(x)
		if !ok {
			return nil, "A valid integer is required."
		}
		numbers = append(numbers, n)
	}
	return numbers, ""
}

func (t *tx) readType(v any) (any, string) {
	s, ok := v.(string)
	if !ok || strings.Count(s, ".") != 1 {
		return nil, "Invalid value. Specify a content type as '<app_label>.<model_name>'."
	}
	if !t.knowsType(s) {
		return nil, "Invalid content type: " + s
	}
	return s, ""
}

func (t *tx) readTypes(v any) (any, string) {
	list, ok := v.([]any)
	if !ok {
		return nil, fmt.Sprintf("Expected a list of items but got type %q.", pythonType(v))
	}
	names := []string{}
	for _, x := range list {
		name, msg := t.readType(x)
		if msg != "" {
			return nil, msg
		}
		names = append(names, name.(string))
	}
	slices.Sort(names)
	return slices.Compact(names), ""
}

// pythonType names a JSON value's type in Python's words.
func pythonType(v any) string {
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
