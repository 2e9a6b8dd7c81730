package generate_test

import (
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/diet-project/diet/generate"
)

const planDir = "../testdata/plan"

// golden is what index.json says of a plan.
type golden struct {
	Servers  int            `json:"servers"`
	Switches map[string]int `json:"switches"`
	Devices  int            `json:"devices"`
	Cables   int            `json:"cables"`
	Digest   string         `json:"cables_sha256"`
}

func TestGolden(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile(filepath.Join(planDir, "golden", "index.json"))
	if err != nil {
		t.Fatal(err)
	}
	var index map[string]golden
	if err := json.Unmarshal(data, &index); err != nil {
		t.Fatal(err)
	}
	if len(index) != 8 {
		t.Fatalf("%d plans in the index, want 8", len(index))
	}
	for name, want := range index {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			topo := MustGenerate(t, MustLoadFile(t, filepath.Join(planDir, name+".yaml")), nil)
			checkGolden(t, topo, want)
			checkCables(t, topo, filepath.Join(planDir, "golden", name+".cables.csv"))
			checkSound(t, topo)
		})
	}
}

func checkGolden(t *testing.T, topo *generate.Topology, want golden) {
	t.Helper()
	if len(topo.Devices) != want.Devices || len(topo.Cables) != want.Cables {
		t.Errorf("%d devices and %d cables, want %d and %d", len(topo.Devices), len(topo.Cables), want.Devices, want.Cables)
	}
	servers, switches := 0, map[string]int{}
	for _, d := range topo.Devices {
		if d.Fabric == "" {
			servers++
			continue
		}
		switches[d.Source]++
		switches[d.Class]++
	}
	if servers != want.Servers {
		t.Errorf("%d nodes, want %d", servers, want.Servers)
	}
	for class, n := range want.Switches {
		if switches[class] != n {
			t.Errorf("%d switches of %s, want %d", switches[class], class, n)
		}
	}
	if got := digest(topo); got != want.Digest {
		t.Errorf("the cabling has the digest %s, want %s", got, want.Digest)
	}
}

// ends gives each cable as its two ends, named device and interface, A first.
func ends(topo *generate.Topology) [][2][2]string {
	devices, ports := map[string]string{}, map[string][2]string{}
	for _, d := range topo.Devices {
		devices[d.ID] = d.Name
	}
	for _, i := range topo.Interfaces {
		ports[i.ID] = [2]string{devices[i.Device], i.Name}
	}
	list := make([][2][2]string, len(topo.Cables))
	for i, c := range topo.Cables {
		list[i] = [2][2]string{ports[c.A], ports[c.B]}
	}
	return list
}

// digest is the SHA-256 of the cabling as docs/plan-language.md defines it.
func digest(topo *generate.Topology) string {
	var lines []string
	for _, e := range ends(topo) {
		pair := []string{e[0][0] + " " + e[0][1], e[1][0] + " " + e[1][1]}
		slices.Sort(pair)
		lines = append(lines, pair[0]+"\t"+pair[1]+"\n")
	}
	slices.Sort(lines)
	sum := sha256.Sum256([]byte(strings.Join(lines, "")))
	return hex.EncodeToString(sum[:])
}

// checkCables compares the cabling with a golden file, port for port and A end
// for A end.
func checkCables(t *testing.T, topo *generate.Topology, file string) {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var got, want []string
	for _, r := range rows[1:] {
		want = append(want, strings.Join(r, " "))
	}
	for _, e := range ends(topo) {
		got = append(got, strings.Join([]string{e[0][0], e[0][1], e[1][0], e[1][1]}, " "))
	}
	slices.Sort(got)
	slices.Sort(want)
	shown := 0
	for _, line := range want {
		if _, ok := slices.BinarySearch(got, line); !ok && shown < 5 {
			t.Errorf("no cable %s", line)
			shown++
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("the cabling differs from %s", file)
	}
}
