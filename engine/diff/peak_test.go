package diff_test

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/diet-project/diet/generate"
	"github.com/diet-project/diet/mirror"
	"github.com/diet-project/diet/mirror/mirrortest"
)

// peakMirror names the mirror to the process that is measured.
const peakMirror = "DIET_PEAK_MIRROR"

// BenchmarkPeak is the memory of a process that makes the topology of BenchmarkDiff, compares it
// with a mirror, and does nothing else: once where nothing is kept of a former diff, and then
// where all is. peak-MB is the most that the process ever held, by the system's count, and
// before-MB that before the diff.
func BenchmarkPeak(b *testing.B) {
	n := benchRows(b)
	if path := os.Getenv(peakMirror); path != "" {
		comparePeak(b, path, n)
		return
	}
	for _, what := range []string{"anew", "unchanged"} {
		b.Run(fmt.Sprint(what, "-", n), func(b *testing.B) {
			path := filepath.Join(b.TempDir(), "diet.db")
			if e := newEstateAt(b, path, n); what == "unchanged" {
				e.diff(e.topo, n/1000)
			}
			cmd := exec.CommandContext(b.Context(), os.Args[0],
				"-test.run", "^$", "-test.bench", "^BenchmarkPeak$", "-test.benchtime", "1x", "-test.timeout", "1h")
			cmd.Env = append(os.Environ(), peakMirror+"="+path)
			out, err := cmd.CombinedOutput()
			if err != nil {
				b.Fatalf("%v: %s", err, out)
			}
			before, peak := 0, 0
			at := bytes.Index(out, []byte(peaks))
			if _, err := fmt.Sscanf(string(out[max(at, 0):]), peaks+"%d %d", &before, &peak); err != nil {
				b.Fatalf("%v: %s", err, out)
			}
			b.ReportMetric(float64(before)/1024, "before-MB")
			b.ReportMetric(float64(peak)/1024, "peak-MB")
		})
	}
}

// comparePeak compares a mirror with its plan, and prints what this process has held before and since.
func comparePeak(b *testing.B, path string, n int) {
	b.Helper()
	e := &estate{B: b, db: mirrortest.OpenConfig(b, mirror.Config{Path: path}), topo: topology(nil)}
	e.topo.Devices, e.topo.Interfaces = make([]generate.Device, 0, n/ports), make([]generate.Interface, 0, n)
	for i := range n / ports {
		e.addDevice(i + 1)
	}
	for i := range n {
		e.addInterface(i)
	}
	before := peak(b)
	e.diff(e.topo, n/1000)
	b.Log(peaks, before, peak(b))
}

// peaks is what comes ahead of the two figures of a process.
const peaks = "KiB held before and since:"

// peak is the most that this process has held so far, in KiB.
func peak(b *testing.B) (kib int) {
	b.Helper()
	text, err := os.ReadFile("/proc/self/status")
	if err != nil {
		b.Skip(err) // no Linux
	}
	const name = "VmHWM:"
	if _, err := fmt.Sscanf(string(text[bytes.Index(text, []byte(name)):]), name+"%d", &kib); err != nil {
		b.Fatal(err)
	}
	return kib
}
