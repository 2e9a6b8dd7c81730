package mirror_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"
	"golang.org/x/sync/errgroup"

	"github.com/diet-project/diet/mirror"
	"github.com/diet-project/diet/mirror/kinds"
	"github.com/diet-project/diet/mirror/mirrortest"
	"github.com/diet-project/diet/mirror/netbox"
	"github.com/diet-project/diet/mirror/sandbox"
	"github.com/diet-project/diet/mirror/value"
)

// interfacePage is a page of 1000 interfaces as NetBox answers it with the
// kind's fields; managed ones bear ownership.
func interfacePage(page int, managed bool) string {
	var b bytes.Buffer
	b.WriteString(`{"count": 100000, "next": "http://netbox/api/dcim/interfaces/?limit=1000", "previous": null, "results": [`)
	for i := range 1000 {
		id := page*1000 + i + 1
		if i > 0 {
			b.WriteByte(',')
		}
		cf := `{"diet_key": null, "diet_managed": null, "diet_plan_id": null, "diet_object_id": null, ` +
			`"diet_managed_fields": null, "diet_source": null, "diet_deletion_protected": null, "monitoring_id": null}`
		if managed {
			cf = fmt.Sprintf(`{"diet_managed": true, "diet_plan_id": "ai-fabric", "diet_object_id": "ai-fabric/interface/gpu-%d/eth%d", `+
				`"diet_managed_fields": {"v": 1, "base": {"name": "eth%d", "type": "400gbase-x-osfp", "enabled": true, `+
				`"label": "", "description": "to leaf", "device": %d}, "released": {}}, `+
				`"diet_source": "gpu", "diet_deletion_protected": null, "monitoring_id": "m-%d"}`, id/16, id%16, id%16, id/16, id)
		}
		fmt.Fprintf(&b, `{"id": %d, "device": {"id": %d, "url": "http://netbox/api/dcim/devices/%d/", "display": "gpu-%d", `+
			`"name": "gpu-%d", "description": ""}, "name": "eth%d", "label": "", `+
			`"type": {"value": "400gbase-x-osfp", "label": "OSFP (400GE)"}, "enabled": true, "lag": null, "description": "to leaf", `+
			`"tags": [{"id": 3, "url": "http://netbox/api/extras/tags/3/", "display": "t", "name": "t", "slug": "t", "color": "9e9e9e"}], `+
			`"custom_fields": %s, "created": "2026-11-23T14:48:06.578146Z", "last_updated": "2026-11-23T14:48:06.578168Z"}`,
			id, id/16, id/16, id/16, id/16, id%16, cf)
	}
	b.WriteString(`]}`)
	return b.String()
}

// BenchmarkIngest writes pages of interfaces into a mirror: new ones, and the
// same again. Its baselines are bare, the least that can be done with them, and BenchmarkDecode.
func BenchmarkIngest(b *testing.B) {
	for _, managed := range []bool{false, true} {
		fresh := func(n int) string { return interfacePage(n, managed) }
		b.Run(fmt.Sprintf("bare/managed=%v", managed), func(b *testing.B) { ingest(b, fresh, storeBare) })
		b.Run(fmt.Sprintf("fresh/managed=%v", managed), func(b *testing.B) { ingest(b, fresh, storeInterfaces) })
		b.Run(fmt.Sprintf("same/managed=%v", managed), func(b *testing.B) {
			page := interfacePage(0, managed)
			ingest(b, func(int) string { return page }, storeInterfaces)
		})
	}
}

// storeBare takes the members of each object apart and writes them, as they are, as rows as wide as
// those of the mirror into a table that has no index, trigger or check.
func storeBare(tb testing.TB, db *mirror.DB, tx *sqlx.Tx, page string) {
	width := len(db.Kinds().Must("interface").Columns()) + 3
	columns := ""
	for i := range width - 1 {
		columns += fmt.Sprintf(", v%d", i+1)
	}
	tx.MustExec("CREATE TABLE IF NOT EXISTS bare (id INTEGER PRIMARY KEY" + columns + ")")
	objects := value.List(value.Pick(page, "results")[0])
	rows, cells := make([][]any, len(objects)), make([]any, width*len(objects))
	for i, object := range objects {
		row := cells[i*width : i*width : (i+1)*width]
		value.Members(object, func(_, text string) bool {
			row = append(row, text)
			return true
		})
		row[0], _ = value.ID(value.Scalar(row[0].(string)))
		rows[i] = row[:width]
	}
	if err := mirror.ExecRows(tb.Context(), tx, "INSERT INTO bare SELECT v0"+columns+" FROM temp.incoming WHERE batch = ?", rows); err != nil {
		tb.Fatal(err)
	}
}

func ingest(b *testing.B, page func(int) string, store func(testing.TB, *mirror.DB, *sqlx.Tx, string)) {
	b.Helper()
	db := mirrortest.Open(b)
	tx, err := db.SQL().Beginx()
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = tx.Rollback() }()
	var cpu time.Duration
	for n := 0; b.Loop(); n++ {
		b.StopTimer()
		text := page(n)
		began := cpuTime()
		b.StartTimer()
		store(b, db, tx, text)
		cpu += cpuTime() - began
	}
	b.ReportMetric(float64(b.N)*1000/b.Elapsed().Seconds(), "obj/s")
	b.ReportMetric(float64(b.N)*1000/cpu.Seconds(), "obj/cpu-s") // what a machine with nothing else to do comes to
}

// cpuTime is what the process has taken so far: a busy machine does not change it.
func cpuTime() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// BenchmarkRecord writes pages of interfaces of which every one has changed, and keeps what they
// were for the history. Its baseline is the same without.
func BenchmarkRecord(b *testing.B) {
	pages := []string{interfacePage(0, true), strings.ReplaceAll(interfacePage(0, true), "to leaf", "to spine")}
	for _, kept := range []bool{false, true} {
		b.Run(fmt.Sprintf("changed/kept=%v", kept), func(b *testing.B) {
			db := mirrortest.Open(b)
			tx, err := db.SQL().Beginx()
			if err != nil {
				b.Fatal(err)
			}
			defer func() { _ = tx.Rollback() }()
			storeInterfaces(b, db, tx, pages[1])
			if kept {
				tx.MustExec(`INSERT INTO recording (now, since) VALUES ('2026-11-24', '2026-11-23')`)
			}
			for n := 0; b.Loop(); n++ {
				if kept {
					b.StopTimer()
					tx.MustExec(`UPDATE recording SET now = '2026-11-24T' || printf('%08d', ?)`, n)
					b.StartTimer()
				}
				storeInterfaces(b, db, tx, pages[n%2])
			}
			b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/1000, "µs/changed")
		})
	}
}

func storeInterfaces(tb testing.TB, db *mirror.DB, tx *sqlx.Tx, page string) {
	if _, err := db.Ingest(tb.Context(), tx, db.Kinds().Must("interface"), []byte(page)); err != nil {
		tb.Fatal(err)
	}
}

// BenchmarkDecode is what merely decoding such pages with encoding/json costs.
func BenchmarkDecode(b *testing.B) {
	type ref struct {
		ID int64 `json:"id"`
	}
	page := []byte(interfacePage(0, true))
	for b.Loop() {
		var v struct {
			Results []struct {
				ID           int64                  `json:"id"`
				Device       ref                    `json:"device"`
				Name         string                 `json:"name"`
				Label        string                 `json:"label"`
				Type         struct{ Value string } `json:"type"`
				Enabled      bool                   `json:"enabled"`
				Lag          *ref                   `json:"lag"`
				Description  string                 `json:"description"`
				Tags         []ref                  `json:"tags"`
				CustomFields json.RawMessage        `json:"custom_fields"`
				Created      string                 `json:"created"`
				LastUpdated  string                 `json:"last_updated"`
			} `json:"results"`
		}
		if err := json.NewDecoder(bytes.NewReader(page)).Decode(&v); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N)*1000/b.Elapsed().Seconds(), "obj/s")
}

// canned is a NetBox of n thousand interfaces and nothing else, that answers at
// once.
func canned(b *testing.B, n int) *netbox.Client {
	b.Helper()
	pages := make([]string, n)
	for i := range pages {
		pages[i] = interfacePage(i, i%2 == 0)
		if i == n-1 {
			pages[i] = strings.Replace(pages[i], `"next": "http`, `"next": null, "x": "http`, 1)
		}
	}
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		q := r.URL.Query()
		start, _ := strconv.Atoi(q.Get("start"))
		switch {
		case r.URL.Path == "/api/status/":
			_, _ = io.WriteString(w, `{"netbox-version": "4.6.8", "plugins": {}}`)
		case r.URL.Path != "/api/dcim/interfaces/" || q.Has("last_updated__gte"):
			_, _ = io.WriteString(w, `{"count": 0, "next": null, "results": []}`)
		case q.Get("limit") == "1":
			fmt.Fprintf(w, `{"count": %d, "next": null, "results": []}`, n*1000)
		default:
			_, _ = io.WriteString(w, pages[start/1000])
		}
	}))
	b.Cleanup(srv.Close)
	c, err := netbox.New(netbox.Config{URL: srv.URL, Token: "0123456789abcdef"})
	if err != nil {
		b.Fatal(err)
	}
	return c
}

func syncer(b *testing.B, client *netbox.Client) *mirror.Syncer {
	b.Helper()
	s, err := mirror.NewSyncer(mirror.SyncerConfig{DB: mirrortest.Open(b), Client: client})
	if err != nil {
		b.Fatal(err)
	}
	return s
}

// BenchmarkSyncFull is a first sync of 20,000 interfaces, half of them managed,
// over HTTP, signatures and commit included.
func BenchmarkSyncFull(b *testing.B) {
	client := canned(b, 20)
	for b.Loop() {
		b.StopTimer()
		s := syncer(b, client)
		b.StartTimer()
		if res, err := s.Sync(b.Context(), mirror.Options{}); err != nil || res.Kinds["interface"].Upserted != 20_000 {
			b.Fatalf("%+v, %v", res, err)
		}
	}
	b.ReportMetric(float64(b.N)*20_000/b.Elapsed().Seconds(), "obj/s")
}

// BenchmarkSyncBeside is a first sync of 10,000 interfaces from the sandbox, and a bare download of
// the same lists, four at once, that does nothing with them. The sandbox is of this process, so
// x-bare-cpu is of all that both sides of either take.
func BenchmarkSyncBeside(b *testing.B) {
	const n = 10_000
	client := stocked(b, n, nil)
	var cpu, bare time.Duration
	for b.Loop() {
		b.StopTimer()
		s := syncer(b, client)
		began := cpuTime()
		download(b, client)
		bare += cpuTime() - began
		began = cpuTime()
		b.StartTimer()
		if res, err := s.Sync(b.Context(), mirror.Options{}); err != nil || res.Kinds["interface"].Upserted != n {
			b.Fatalf("%+v, %v", res, err)
		}
		cpu += cpuTime() - began
	}
	b.ReportMetric(float64(cpu)/float64(bare), "x-bare-cpu")
}

// stocked is a sandbox with n interfaces, whose time is now's or, without it, that of the machine.
func stocked(b *testing.B, n int, now func() time.Time) *netbox.Client {
	b.Helper()
	nb, err := sandbox.New(sandbox.Config{Version: "4.6", Now: now})
	if err != nil {
		b.Fatal(err)
	}
	srv := httptest.NewServer(nb)
	b.Cleanup(srv.Close)
	c, err := netbox.New(netbox.Config{URL: srv.URL, Token: sandbox.DefaultToken})
	if err != nil {
		b.Fatal(err)
	}
	add := func(kind string, items ...map[string]any) int64 {
		res, err := c.Create(b.Context(), kind, items, netbox.Write{})
		if err != nil {
			b.Fatal(err)
		}
		return res.Objects[0].ID
	}
	maker := add("manufacturer", map[string]any{"name": "a", "slug": "a"})
	model := add("device_type", map[string]any{"manufacturer": maker, "model": "m", "slug": "m"})
	role := add("device_role", map[string]any{"name": "r", "slug": "r"})
	site := add("site", map[string]any{"name": "s", "slug": "s"})
	for first := 0; first < n; first += 1000 {
		device := add("device", map[string]any{"name": fmt.Sprint("d", first), "site": site, "device_type": model, "role": role})
		var ports []map[string]any
		for i := range 1000 {
			ports = append(ports, map[string]any{"device": device, "name": fmt.Sprint("e", i), "type": "1000base-t"})
		}
		add("interface", ports...)
	}
	return c
}

// download reads what a first sync reads.
func download(b *testing.B, client *netbox.Client) {
	b.Helper()
	group, ctx := errgroup.WithContext(b.Context())
	group.SetLimit(4)
	for _, kind := range append(kinds.Standard().All(), netbox.ObjectChange) {
		group.Go(func() error {
			for _, err := range client.Pages(ctx, kind, nil) {
				if err != nil {
					return err
				}
			}
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		b.Fatal(err)
	}
}

// BenchmarkSyncFullAgain is a full sync where nothing moved.
func BenchmarkSyncFullAgain(b *testing.B) {
	s := syncer(b, canned(b, 20))
	for b.Loop() {
		if _, err := s.Sync(b.Context(), mirror.Options{Full: true}); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N)*20_000/b.Elapsed().Seconds(), "obj/s")
}

// BenchmarkSyncNothing is an incremental sync where nothing moved: what a
// preview costs beside NetBox's own time.
func BenchmarkSyncNothing(b *testing.B) {
	client := canned(b, 20)
	s := syncer(b, client)
	if _, err := s.Sync(b.Context(), mirror.Options{}); err != nil {
		b.Fatal(err)
	}
	before := client.Requests()
	for b.Loop() {
		if res, err := s.Sync(b.Context(), mirror.Options{}); err != nil || res.Full {
			b.Fatalf("%+v, %v", res, err)
		}
	}
	b.ReportMetric(float64(client.Requests()-before)/float64(b.N), "requests/op")
}

// BenchmarkSign makes the signatures of managed interfaces.
func BenchmarkSign(b *testing.B) {
	db := mirrortest.Open(b)
	tx, err := db.SQL().Beginx()
	if err != nil {
		b.Fatal(err)
	}
	storeInterfaces(b, db, tx, interfacePage(0, true))
	if err := tx.Commit(); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := db.SQL().Exec(db.Statements().For("query/sign", db.Kinds().Must("interface")).Text); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N)*1000/b.Elapsed().Seconds(), "obj/s")
}
