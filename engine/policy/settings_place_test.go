package policy_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/diet-project/diet/engine/policy"
)

// TestSettingsPlace says of each setting that cannot work where it stands, though its word stands elsewhere too.
func TestSettingsPlace(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ file, text, want string }{
		"zone": {
			"a.yaml", "settings:\n  # Berlni\n  windows:\n    - {days: [Monday], from: '08:00', to: '09:00', zone: Berlni}\n",
			"a.yaml:4:58: windows[0].zone",
		},
		"kind": {
			"a.yaml", "# devcie\nsettings:\n  budgets:\n    device: {create: {max: 0}}\n    devcie: {create: {max: 0}}\n",
			"a.yaml:5:5: budgets.devcie",
		},
		"kind of site": {
			"a.yaml", "settings:\n  site_budgets:\n    rakc:\n      rakc: {create: {max: 0}}\n",
			"a.yaml:4:7: site_budgets.rakc.rakc",
		},
		"field": {
			"a.yaml", "settings:\n  remediation:\n    fields:\n      device: {naem: auto}\n",
			"a.yaml:4:16: remediation.fields.device.naem",
		},
		"key":  {"a.yaml", "settings:\n  budgets:\n    device:\n      create: {max: 0, most: 3}\n", "a.yaml:4:24: does not match"},
		"type": {"a.yaml", "settings:\n  budgets:\n    device:\n      create: {max: many}\n", "a.yaml:4:21: does not match"},
		"JSON": {"a.json", "{\n  \"settings\": {\n    \"flaps\": 0}\n}\n", "a.json:3:14: does not match"},
		"top":  {"a.yaml", "team: {}\nsettings:\n  flips: 3\n", "a.yaml:3:3: does not match"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := policy.New(t.Context(), words(team(t, test.file, test.text, "other.yaml", "team: {x: Berlni}\n")))
			var refused *policy.Error
			if !errors.As(err, &refused) || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want %q", err, test.want)
			}
		})
	}
}

// TestStrays names the budgets of sites that there are no plans for.
func TestStrays(t *testing.T) {
	t.Parallel()
	dir := team(t, "a.yaml", "settings:\n  site_budgets:\n    ams2: {device: {create: {max: 0}}}\n    asm3: {device: {create: {max: 0}}}\n")
	got := open(t, policy.Config{Dirs: []string{dir}}).Strays([]string{"ams2", "ams3"})
	if len(got) != 1 || !strings.HasSuffix(got[0], "a.yaml:4:5: site_budgets.asm3: no plan here is of that site; did you mean ams3?") {
		t.Errorf("%q", got)
	}
	if got := open(t, policy.Config{Dirs: []string{dir}}).Strays([]string{"ams2", "asm3"}); !slices.Equal(got, nil) {
		t.Errorf("%q", got)
	}
}
