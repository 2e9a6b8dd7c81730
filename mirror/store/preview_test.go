package store_test

import (
	"bytes"
	"slices"
	"strconv"
	"testing"

	"github.com/diet-project/diet/mirror/store"
)

// TestPreviewRows keeps each item of a preview's lists as a row, as it is and in its order.
func TestPreviewRows(t *testing.T) {
	t.Parallel()
	stores(t, keepsRows)
}

func keepsRows(t *testing.T, path string) {
	s, ctx := open(t, path, ""), t.Context()
	want := map[string][]string{"names": {`"a"`}}
	for n := range 12000 {
		want["changes"] = append(want["changes"], `{"n":`+strconv.Itoa(n)+`,"big":12345678901234567890.50}`)
	}
	index := map[string][][]byte{"head": {[]byte("h\x00\xff")}, "rows": {[]byte("a"), []byte("b"), []byte("c")}}
	p := store.Preview{
		ID: "pv-1", NetBox: here, Plan: "web", Document: `{"summary":{"device":{"create":1}},"plan_digest":"d"}`, Rows: want, Index: index,
	}
	if err := s.KeepPreview(ctx, p); err != nil {
		t.Fatal(err)
	}
	for _, netbox := range []string{here, ""} {
		got, err := s.Preview(ctx, netbox, "pv-1")
		if err != nil || !slices.Equal(got.Rows["changes"], want["changes"]) || !slices.Equal(got.Rows["names"], want["names"]) {
			t.Errorf("of %q: %d rows, %v", netbox, len(got.Rows["changes"]), err)
		}
	}
	some, err := s.PreviewRows(ctx, "pv-1", "changes", []int{11999, 7, 7, 12000})
	if err != nil || len(some) != 2 || some[7] != want["changes"][7] || some[11999] != want["changes"][11999] {
		t.Errorf("some rows: %v, %v", some, err)
	}
	if none, err := s.PreviewRows(ctx, "pv-1", "changes", nil); err != nil || len(none) != 0 {
		t.Errorf("no rows: %v, %v", none, err)
	}
	for _, tt := range []struct {
		part        string
		first, last int
		want        string
	}{{"head", 0, 0, "h\x00\xff"}, {"rows", 1, 9, "bc"}, {"rows", 3, 9, ""}, {"none", 0, 9, ""}} {
		if got, err := s.PreviewIndex(ctx, "pv-1", tt.part, tt.first, tt.last); err != nil || string(bytes.Join(got, nil)) != tt.want {
			t.Errorf("%s from %d: %q, %v", tt.part, tt.first, got, err)
		}
	}
	if head, err := s.PreviewHead(ctx, here, "pv-1"); err != nil || head.Document == "" || len(head.Rows) != 0 {
		t.Errorf("the head: %+v, %v", head, err)
	}
	if got := loaded(t, s, `SELECT count(*) FROM preview_row`); got != "12001" {
		t.Errorf("%s rows", got)
	}
	for _, id := range []string{"pv-1", "pv-1", "pv-none"} {
		if err := s.FoundStale(ctx, id, []byte(`["x"]`)); err != nil {
			t.Fatal(err)
		}
	}
	all, err := s.Previews(ctx, "web", 10)
	if err == nil && string(all[0].FoundStale) != `["x"]` {
		t.Errorf("found stale: %q", all[0].FoundStale)
	}
	if err != nil || len(all) != 1 || all[0].PlanDigest != "d" || !all[0].OfPlan || all[0].AppliedAt != "" {
		t.Errorf("listed %+v, %v", all, err)
	}
	if other, err := s.Previews(ctx, "db", 10); err != nil || len(other) != 0 {
		t.Errorf("of another plan: %+v, %v", other, err)
	}
}
