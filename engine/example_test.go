package engine_test

import (
	"context"
	"fmt"
	"log"
	"net/http/httptest"
	"os"
	"path/filepath"

	"github.com/diet-project/diet/engine"
	"github.com/diet-project/diet/engine/apply"
	"github.com/diet-project/diet/generate"
	"github.com/diet-project/diet/mirror"
	"github.com/diet-project/diet/mirror/sandbox"
)

const examplePlan = `
apiVersion: diet/v1alpha1
kind: Plan
metadata: {name: web}
spec:
  site: ams2
  catalog:
    deviceTypes:
      leaf-48: {manufacturer: acme, model: Leaf 48, ports: {"E1/{1-48}": 25gbase-x-sfp28}}
      server: {manufacturer: acme, model: Server}
  racks:
    row: {count: 1, units: 48}
  fabrics:
    dc:
      switches:
        leaf: {role: leaf, type: leaf-48, group: 2, rack: {pool: row, per: 2, fromU: 43}, zones: {server: {ports: 1-48}}}
  nodes:
    web:
      count: 4
      type: server
      rack: {pool: row, per: 32, fromU: 1}
      nics: {lom: {ports: [eth0, eth1], type: 25gbase-x-sfp28}}
      links: {data: {from: lom, to: dc.leaf/server, spread: alternate}}
`

// An engine keeps a NetBox true to a plan: it syncs, previews, and applies what was
// previewed. The NetBox of this example is the one in mirror/sandbox.
func ExampleEngine() {
	server, err := sandbox.New(sandbox.Config{})
	if err != nil {
		log.Fatal(err)
	}
	netbox := httptest.NewServer(server)
	defer netbox.Close()
	dir, err := os.MkdirTemp("", "diet-example-")
	if err != nil {
		log.Fatal(err)
	}
	defer func() { _ = os.RemoveAll(dir) }()
	first, second, err := applyTwice(context.Background(), netbox.URL, filepath.Join(dir, "diet.db"))
	if err != nil {
		log.Print(err)
		return
	}
	fmt.Println(len(first.Created), "objects created,", len(first.Failed), "failed")
	fmt.Println(second.Requests, "writes sent by the second apply")
	// Output:
	// 1 racks, 6 devices, 16 interfaces and 8 cables to create
	// 85 objects created, 0 failed
	// 0 writes sent by the second apply
}

// applyTwice brings a plan about in an empty NetBox, and applies it once more.
func applyTwice(ctx context.Context, url, path string) (first, second *apply.Result, err error) {
	plan, err := generate.Load("web.yaml", []byte(examplePlan))
	if err != nil {
		return nil, nil, err
	}
	eng, err := engine.New(ctx, engine.Config{URL: url, Token: sandbox.DefaultToken, Mirror: path})
	if err != nil {
		return nil, nil, err
	}
	defer func() { _ = eng.Close() }()
	if _, err := eng.Init(ctx); err != nil { // once: the custom fields that carry ownership
		return nil, nil, err
	}
	if _, err := eng.Sync(ctx, mirror.Options{}); err != nil {
		return nil, nil, err
	}
	preview, err := eng.Preview(ctx, plan)
	if err != nil {
		return nil, nil, err
	}
	count := func(kind string) int { return preview.Summary[kind]["create"] }
	fmt.Printf("%d racks, %d devices, %d interfaces and %d cables to create\n",
		count("rack"), count("device"), count("interface"), count("cable"))
	if first, _, err = eng.Apply(ctx, plan, engine.ApplyOptions{Preview: preview}); err != nil {
		return nil, nil, err
	}
	second, _, err = eng.Apply(ctx, plan, engine.ApplyOptions{})
	return first, second, err
}
