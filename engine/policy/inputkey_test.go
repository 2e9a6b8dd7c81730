package policy

import (
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"testing"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/diet-project/diet/policies"
)

// fill sets everything that v holds to something.
func fill(v reflect.Value) {
	switch v.Kind() {
	case reflect.String:
		v.SetString("x")
	case reflect.Int, reflect.Int64:
		v.SetInt(7)
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Interface:
		v.Set(reflect.ValueOf("x"))
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem())
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		fill(v.Index(0))
	case reflect.Map:
		key, value := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
		fill(key)
		fill(value)
		v.Set(reflect.MakeMap(v.Type()))
		v.SetMapIndex(key, value)
	case reflect.Struct:
		for i := range v.NumField() {
			fill(v.Field(i))
		}
	default:
		panic("fill does not know " + v.Type().String())
	}
}

func filled() *Input {
	in := new(Input)
	fill(reflect.ValueOf(in).Elem())
	return in
}

// asJSON is what encoding/json makes of an input.
func asJSON(t *testing.T, in *Input) map[string]any {
	t.Helper()
	text, err := json.Marshal(in)
	if err != nil {
		t.Fatal(err)
	}
	var out map[string]any
	if err := json.Unmarshal(text, &out); err != nil {
		t.Fatal(err)
	}
	return out
}

// TestInputKeys holds the table against the schema and against Input.
func TestInputKeys(t *testing.T) {
	t.Parallel()
	var names []string
	for _, k := range inputKeys {
		names = append(names, k.String())
	}
	slices.Sort(names)
	text, err := policies.FS.ReadFile("schema/input/v1.json")
	if err != nil {
		t.Fatal(err)
	}
	var schema struct{ Properties map[string]any }
	if err := json.Unmarshal(text, &schema); err != nil {
		t.Fatal(err)
	}
	if want := slices.Sorted(maps.Keys(schema.Properties)); !slices.Equal(names, want) {
		t.Errorf("the table has   %v\nthe schema has  %v", names, want)
	}
	if want := slices.Sorted(maps.Keys(asJSON(t, filled()))); !slices.Equal(names, want) {
		t.Errorf("the table has  %v\nan Input has   %v", names, want)
	}
}

// TestEncode holds the encoder against encoding/json, for an input with every
// key, with none, and with each key alone.
func TestEncode(t *testing.T) {
	t.Parallel()
	inputs := []*Input{filled(), {}}
	for i := range reflect.TypeFor[Input]().NumField() {
		in := new(Input)
		fill(reflect.ValueOf(in).Elem().Field(i))
		inputs = append(inputs, in)
	}
	for _, in := range inputs {
		got, err := newEncoder().object(in, keys{rows: inputKeys})
		if err != nil {
			t.Fatal(err)
		}
		if want := ast.MustInterfaceToValue(asJSON(t, in)); got.Compare(want) != 0 {
			t.Errorf("got  %v\nwant %v", got, want)
		}
	}
}

// TestMark tells inputs apart that differ in any one key.
func TestMark(t *testing.T) {
	t.Parallel()
	e, read := newEncoder(), keys{rows: inputKeys}
	key, shared := e.key(new(Input), read)
	if !shared {
		t.Fatal("an empty input is one of a kind")
	}
	empty := string(key)
	for i, field := range reflect.VisibleFields(reflect.TypeFor[Input]()) {
		in := new(Input)
		fill(reflect.ValueOf(in).Elem().Field(i))
		if key, shared := e.key(in, read); shared && string(key) == empty {
			t.Errorf("%s does not tell inputs apart", field.Name)
		}
	}
}
