package mirror_test

import (
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/diet-project/diet/mirror"
	"github.com/diet-project/diet/mirror/netbox"
)

// BenchmarkSyncOfEdits is an incremental sync of 100 edits, all over, among n interfaces. Its requests
// do not grow with n; x-full-requests and x-full-cpu are its share of those of a first sync, the sandbox's part too.
func BenchmarkSyncOfEdits(b *testing.B) {
	const edits = 100
	for _, n := range []int{10_000, 50_000, 200_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			var ahead atomic.Int64
			client := stocked(b, n, func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) })
			later := func() { ahead.Add(int64(time.Hour)) }
			s := syncer(b, client)
			sync := func() (requests int64, cpu time.Duration) {
				before, began := client.Requests(), cpuTime()
				if _, err := s.Sync(b.Context(), mirror.Options{}); err != nil {
					b.Fatal(err)
				}
				return client.Requests() - before, cpuTime() - began
			}
			fullRequests, fullCPU := sync()
			later()
			sync() // what was made is settled
			var requests int64
			var cpu time.Duration
			for round := 0; b.Loop(); round++ {
				b.StopTimer()
				later()
				var items []map[string]any
				for i := range edits {
					items = append(items, map[string]any{"id": 1 + (i*n/edits+round)%n, "description": fmt.Sprint("hers ", round)})
				}
				if _, err := client.Update(b.Context(), "interface", items, netbox.Write{}); err != nil {
					b.Fatal(err)
				}
				b.StartTimer()
				r, c := sync()
				requests, cpu = requests+r, cpu+c
			}
			b.ReportMetric(float64(requests)/float64(b.N), "requests/op")
			b.ReportMetric(float64(requests)/float64(b.N)/float64(fullRequests), "x-full-requests")
			b.ReportMetric(float64(cpu)/float64(b.N)/float64(fullCPU), "x-full-cpu")
			b.ReportMetric(float64(fullRequests), "full-requests")
		})
	}
}
