package main

import (
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/diet-project/diet/engine/survey"
	"github.com/diet-project/diet/generate"
)

// utf16Of is a text as a spreadsheet writes it as Unicode.
func utf16Of(order binary.AppendByteOrder, text string) string {
	var out []byte
	for _, u := range utf16.Encode([]rune("\ufeff" + text)) {
		out = order.AppendUint16(out, u)
	}
	return string(out)
}

// TestMapOfSpreadsheet reads one map as spreadsheets write it.
func TestMapOfSpreadsheet(t *testing.T) {
	t.Parallel()
	const plain = `kind,netbox_id,netbox_name,place,type,object,name,why
rack,3,R01,,42U,lab/rack:row[1],plan,number 1 of R*
device,7,"Größe ""a""; b",R01 U1 front,server-1u,lab/web[1],netbox,"its rack, unit and type"
device,8,x,R01 U2 front,server-1u,,plan,nothing tells what it is
`
	with := func(comma string) string { // cells that hold it are quoted
		out := strings.NewReplacer(`"its rack, unit and type"`, "\x00", ",", comma).Replace(plain)
		return strings.ReplaceAll(out, "\x00", `"its rack, unit and type"`)
	}
	quoted := strings.Replace(plain, "kind,netbox_id", `"kind","netbox_id"`, 1)
	for name, text := range map[string]string{
		"commas": plain, "a mark": "\ufeff" + plain, "a mark and quotes": "\ufeff" + quoted,
		"semicolons": with(";"), "semicolons and a mark": "\ufeff" + with(";"), "tabs": with("\t"),
		"quoted semicolons": "\ufeff" + strings.Replace(with(";"), "kind;netbox_id", `"kind";"netbox_id"`, 1),
		"lines of Windows":  strings.ReplaceAll("\ufeff"+with(";"), "\n", "\r\n"),
		"lines of old Macs": strings.ReplaceAll(with(";"), "\n", "\r"),
		"sep":               "sep=;\r\n" + with(";"), "quoted sep": "\ufeff\"sep=;\"\n" + with(";"),
		"UTF-16": utf16Of(binary.LittleEndian, with("\t")), "UTF-16, big": utf16Of(binary.BigEndian, with("\t")),
		"a comment": "# from Joe, checked; twice; by, him\n" + with(";"), "capitals": strings.Replace(plain, "kind,", "Kind, ", 1),
	} {
		entries, without, err := parseMap("m.csv", strings.NewReader(text))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		got := ""
		for _, x := range entries {
			got += fmt.Sprintf("%s %d %s %s; ", x.Kind, x.ID, x.Object, x.Name)
		}
		if want := "rack 3 lab/rack:row[1] plan; device 7 lab/web[1] netbox; "; got != want || without != 1 {
			t.Errorf("%s: %q and %d without, want %q and 1", name, got, without, want)
		}
	}
	for text, want := range map[string]string{
		"kind|netbox_id|object\ndevice|1|x\n":                             `m.csv:1:1: kind: the map has no column "kind"`,
		"\ufeff" + `"kind","netbox_id","object"` + "\ndevice,1,\"x\" y\n": "m.csv:2:1: the line is no CSV",
		"sep=;\nkind;netbox_id;object\ndevice;x;lab/web[1]\n":             `m.csv:3:1: netbox_id: "x" is no id`,
		"kind,netbox_id,object,object\ndevice,1,lab/web[1],\n":            `m.csv:1:1: object: the map has two columns "object"`,
	} {
		_, _, err := parseMap("m.csv", strings.NewReader(text))
		said := fmt.Sprint(err)
		if found := (*generate.FindingsError)(nil); errors.As(err, &found) {
			said = found.Findings[0].String() + " " + found.Findings[0].Hint
		}
		if !strings.Contains(said, want) {
			t.Errorf("%q: %s, want %s", text, said, want)
		}
	}
}

// TestMapIsNoFormula writes names that a spreadsheet would run, and reads the map again.
func TestMapIsNoFormula(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	entries := []survey.Entry{{
		Kind: "rack", ID: 3, Called: "=HYPERLINK(1)", Place: "@x", Type: "-y", Object: "lab/rack:row[1]", Name: "plan", Why: "+z",
	}}
	if err := mapCSV(entries)(&out); err != nil {
		t.Fatal(err)
	}
	if _, line, _ := strings.Cut(out.String(), "\n"); line != "rack,3,'=HYPERLINK(1),'@x,'-y,lab/rack:row[1],plan,'+z\n" {
		t.Errorf("the map has %q", line)
	}
	again, _, err := parseMap("m.csv", strings.NewReader(out.String()))
	if err != nil || len(again) != 1 || again[0].ID != 3 || again[0].Object != "lab/rack:row[1]" {
		t.Errorf("read again: %+v, error %v", again, err)
	}
}
