package generate_test

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

var yamlBlock = regexp.MustCompile("(?s)```yaml\n(.*?)```")

// TestTutorialPlans generates every plan of the tutorial.
func TestTutorialPlans(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("../docs/tutorial.md")
	if err != nil {
		t.Fatal(err)
	}
	schema := planSchema(t)
	blocks := yamlBlock.FindAllStringSubmatch(string(data), -1)
	if len(blocks) < 6 {
		t.Fatalf("%d plans in the tutorial", len(blocks))
	}
	for _, b := range blocks {
		if list := findingsOf(t, b[1]); len(list) > 0 {
			t.Errorf("findings %v in\n%s", list, b[1])
			continue
		}
		checkSound(t, MustGenerate(t, MustLoad(t, b[1]), nil))
		if err := validateText(t, schema, []byte(b[1])); err != nil {
			t.Errorf("the schema refuses %v:\n%s", err, b[1])
		}
	}
}

// TestReferenceNamesEveryKey checks that plan-language.md names every key of the schema.
func TestReferenceNamesEveryKey(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../docs/plan-language.md")
	if err != nil {
		t.Fatal(err)
	}
	schema, err := os.ReadFile(schemaFile)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range regexp.MustCompile(`(?m)^ {8}"([a-zA-Z]+)": \{$`).FindAllStringSubmatch(string(schema), -1) {
		if !strings.Contains(string(page), m[1]) {
			t.Errorf("plan-language.md does not name the key %s", m[1])
		}
	}
}
