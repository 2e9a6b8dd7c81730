package engine

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"testing"

	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/generate"
)

// TestShownIsDone refuses a preview from a file that shows another change than the one that
// its digests are of.
func TestShownIsDone(t *testing.T) {
	t.Parallel()
	is := &Preview{Changed: map[string]string{}}
	was := &Preview{ID: "pv-1", Changed: map[string]string{}}
	for _, name := range []string{"a", "b"} {
		c := change.Change{Kind: "device", Object: "web/" + name, Action: change.Delete, Blame: &change.Blame{User: "maria"}}
		c.References = []change.Reference{{Kind: "cable", Name: "x", Blame: &change.Blame{User: "maria"}}}
		is.Changes = append(is.Changes, c)
		is.Changed["device web/"+name] = digest(&c)
		c.Blame, c.References = nil, []change.Reference{{Kind: "cable", Name: "x"}} // this mirror knows less
		was.Changed["device web/"+name] = digest(&c)
		was.Changes = append(was.Changes, c)
	}
	was.carried = true
	if stale := compare(was, is); stale != nil {
		t.Fatalf("the same: %v", stale)
	}
	was.Changes[1].Action = change.Own
	stale := compare(was, is)
	if stale == nil || len(stale.Moved) != 1 || stale.Moved[0] != "device web/b" {
		t.Errorf("another change is shown: %v", stale)
	}
}

// packed is a file as diet would write it.
func packed(tb testing.TB, c carried) *bytes.Reader {
	tb.Helper()
	c.Digest = c.digest()
	var out bytes.Buffer
	zip := gzip.NewWriter(&out)
	if err := errors.Join(json.NewEncoder(zip).Encode(&c), zip.Close()); err != nil {
		tb.Fatal(err)
	}
	return bytes.NewReader(out.Bytes())
}

// TestForged refuses what has the right digest and is no preview all the same, and never
// panics.
func TestForged(t *testing.T) {
	t.Parallel()
	const plan = `"apiVersion: diet/v1alpha1\nkind: Plan\nmetadata: {name: web}\nspec: {site: ams2}\n"`
	list := func(part, row string) map[string][]json.RawMessage {
		return map[string][]json.RawMessage{part: {json.RawMessage(row)}}
	}
	for name, c := range map[string]carried{
		"another format": {Format: "zip", Version: 1, Preview: json.RawMessage(`{}`)},
		"a later format": {Format: carriedFormat, Version: 2, Preview: json.RawMessage(`{}`)},
		"no preview":     {Format: carriedFormat, Version: 1, Preview: json.RawMessage(`[]`)},
		"null":           {Format: carriedFormat, Version: 1, Preview: json.RawMessage(`null`)},
		"no plan":        {Format: carriedFormat, Version: 1, Preview: json.RawMessage(`{"plan":"web"}`)},
		"another plan": {
			Format: carriedFormat, Version: 1, Preview: json.RawMessage(`{"plan":"web","plan_digest":"x"}`), Lists: list("plan", plan),
		},
		"a rollback": {Format: carriedFormat, Version: 1, Preview: json.RawMessage(`{"plan":"web","rollback_of":"run-1"}`)},
		"a path":     carriedAs(t, "../../etc/x"),
		"no id":      carriedAs(t, ""),
		"no change":  {Format: carriedFormat, Version: 1, Preview: json.RawMessage(`{}`), Lists: list("changes", `3`)},
	} {
		if p, err := ReadCarried(packed(t, c)); err == nil {
			t.Errorf("%s is taken: %+v", name, p)
		}
	}
	if _, err := ReadCarried(packed(t, carriedAs(t, "pv-0123abcd"))); err != nil {
		t.Error(err)
	}
	whole := packed(t, carried{Format: carriedFormat, Version: 1, Preview: json.RawMessage(`{"plan":"web"}`)})
	all := make([]byte, whole.Len())
	if _, err := whole.Read(all); err != nil {
		t.Fatal(err)
	}
	for n := range len(all) {
		if _, err := ReadCarried(bytes.NewReader(all[:n])); !errors.Is(err, ErrAltered) {
			t.Errorf("the first %d bytes: %v", n, err)
		}
	}
}

// carriedAs is a preview of nothing in a file, with an id.
func carriedAs(t *testing.T, id string) carried {
	t.Helper()
	const text = "apiVersion: diet/v1alpha1\nkind: Plan\nmetadata: {name: web}\nspec: {site: ams2}\n"
	plan, err := generate.Load("plan.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	preview := fmt.Sprintf(`{"id": %q, "plan": "web", "plan_file": "plan.yaml", "plan_digest": %q}`, id, plan.Info().Digest)
	row, err := json.Marshal(text)
	if err != nil {
		t.Fatal(err)
	}
	return carried{
		Format: carriedFormat, Version: 1, Preview: json.RawMessage(preview), Lists: map[string][]json.RawMessage{"plan": {row}},
	}
}
