package sandbox_test

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
)

var record = flag.Bool("record", false, "record testdata from the server that NETBOX_URL and NETBOX_TOKEN name, which must be a fresh one")

// faultSamples are those that the client's tests read.
var faultSamples = []string{
	"bulk PATCH unknown id", "bulk PATCH invalid", "bulk POST interfaces invalid", "bulk POST devices invalid",
	"bulk POST in-batch duplicate", "DELETE rack 409", "bulk DELETE rack 409", "bulk PATCH non-list", "bulk PATCH missing id",
	"POST device duplicate name", "POST cable occupied", "POST cable missing interface 500",
}

// TestRecord records what TestReplay compares with:
//
//	NETBOX_URL=… NETBOX_TOKEN=… go test ./mirror/sandbox -run TestRecord -record
//
// The server must be a fresh one, with nothing in it but the tag of test
// servers; what is made there stays. mirror/sandbox/release records the rest.
func TestRecord(t *testing.T) {
	if !*record {
		t.Skip("records only with -record")
	}
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	t.Cleanup(cancel)
	w := &world{t: t, ctx: ctx, url: strings.TrimSuffix(os.Getenv("NETBOX_URL"), "/"), authorization: "Token " + os.Getenv("NETBOX_TOKEN")}
	if strings.HasPrefix(os.Getenv("NETBOX_TOKEN"), "nbt_") {
		w.authorization = "Bearer " + os.Getenv("NETBOX_TOKEN")
	}
	if n := len(w.list("/api/dcim/sites/")); n > 0 {
		t.Fatalf("%s has %d sites: not a fresh server", w.url, n)
	}
	if n := len(w.list("/api/extras/tags/?slug=diet-test-server")); n != 1 {
		t.Fatalf("%s has no tag diet-test-server: not a server for tests", w.url)
	}
	all := map[string]any{}
	var version string
	for name, r := range replay(w) {
		if name == "GET status" {
			status := r.body.(obj)
			version, _ = status["netbox-version"].(string)
		}
		all[name] = sampleOf(r)
	}
	write(t, "../../testdata/netbox/v"+version+".json", all)
	maps.DeleteFunc(all, func(name string, _ any) bool { return !slices.Contains(faultSamples, name) })
	for name := range all {
		delete(all[name].(obj), "headers")
	}
	write(t, "../netbox/testdata/v"+version+".json", all)
}

// sampleOf is an answer as it is kept.
func sampleOf(r reply) obj {
	headers := map[string]string{}
	for _, name := range []string{"Content-Type", "Location", "ETag", "Vary", "Allow", "X-Request-ID", "API-Version"} {
		if v := r.header.Get(name); v != "" {
			headers[name] = v
		}
	}
	body := json.RawMessage(r.raw)
	if !json.Valid(r.raw) {
		body, _ = json.Marshal(string(r.raw)) // a page of HTML
	}
	return obj{"status": r.status, "headers": headers, "body": body}
}

// write keeps samples by name, each with its members in their order.
func write(t *testing.T, file string, samples map[string]any) {
	t.Helper()
	raw, err := json.Marshal(samples)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := json.Indent(&b, raw, "", " "); err != nil {
		t.Fatal(err)
	}
	b.WriteByte('\n')
	if err := os.WriteFile(file, b.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
}
