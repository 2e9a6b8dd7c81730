package main

import "testing"

// TestCell shows what NetBox holds without letting a terminal or a spreadsheet act on it.
func TestCell(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		format string
		value  any
		want   string
	}{
		{"table", "a\nb\x1b[2K", "a␊b␛[2K"},
		{"table", "=1+1", "=1+1"},
		{"csv", "=1+1", "'=1+1"},
		{"csv", " @SUM(A1)", "' @SUM(A1)"},
		{"csv", "-cmd|' /C calc'!A0", "'-cmd|' /C calc'!A0"},
		{"csv", "+1+cmd", "'+1+cmd"},
		{"csv", "-12.5", "-12.5"},
		{"csv", int64(-3), "-3"},
		{"csv", "-", "'-"},
		{"csv", "a\nb\x1b", "a\nb␛"},
		{"csv", "web-1", "web-1"},
	} {
		if got := cell(tt.format, tt.value); got != tt.want {
			t.Errorf("%s: %q is %q, want %q", tt.format, tt.value, got, tt.want)
		}
	}
}
