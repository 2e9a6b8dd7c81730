package table_test

import (
	"testing"
	"time"

	"github.com/diet-project/diet/mirror/sandbox/table"
)

// What is read and written again is as NetBox writes it.
func TestJSON(t *testing.T) {
	for in, want := range map[string]string{
		`{"bb":1,"a":2,"":3}`:        `{"":3,"a":2,"bb":1}`,
		`[1.0,1.50,1e2,-0.0,1e20]`:   `[1.0,1.5,100.0,0.0,1e+20]`,
		`12345678901234567890`:       `12345678901234567890`,
		`9007199254740993`:           `9007199254740993`,
		`"a<b\u00e9\n"`:              `"a<bé\n"`,
		`[null,true,{"x":[]},"\""]`:  `[null,true,{"x":[]},"\""]`,
		`{"long name":1,"short":{}}`: `{"short":{},"long name":1}`,
	} {
		v, err := table.Decode([]byte(in))
		if err != nil {
			t.Fatalf("%s: %v", in, err)
		}
		if got := string(table.AppendJSON(nil, v)); got != want {
			t.Errorf("%s: %s, want %s", in, got, want)
		}
	}
	for _, in := range []string{`{`, `NaN`, `{} x`, ``} {
		if _, err := table.Decode([]byte(in)); err == nil {
			t.Errorf("%q is read", in)
		}
	}
}

func TestTimes(t *testing.T) {
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	for in, want := range map[time.Time]string{
		at: `"2026-01-02T03:04:05Z"`, at.Add(7 * time.Microsecond): `"2026-01-02T03:04:05.000007Z"`,
	} {
		if got := string(table.AppendJSON(nil, in)); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}

// Names sort with their numbers as numbers, case aside.
func TestNatural(t *testing.T) {
	for _, pair := range [][2]string{{"eth2", "eth10"}, {"a", "B"}, {"a1", "a1b"}, {"a01", "a2"}, {"", "a"}, {"x9y", "x9z"}} {
		if table.Natural(pair[0], pair[1]) >= 0 || table.Natural(pair[1], pair[0]) <= 0 {
			t.Errorf("%q does not come before %q", pair[0], pair[1])
		}
	}
	if table.Natural("same", "same") != 0 {
		t.Error("a name differs from itself")
	}
}

func TestIDs(t *testing.T) {
	var ids []int64
	for _, id := range []int64{5, 1, 3, 3, 9} {
		ids = table.With(ids, id)
	}
	ids = table.Without(table.Without(ids, 3), 4)
	if len(ids) != 3 || ids[0] != 1 || ids[1] != 5 || ids[2] != 9 {
		t.Errorf("ids %v", ids)
	}
}
