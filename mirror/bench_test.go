package mirror_test

import (
	"bytes"
	"database/sql"
	"encoding/json"
	"fmt"
	"testing"

	"github.com/diet-project/diet/mirror/mirrortest"
	sqlfile "github.com/diet-project/diet/sql"
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
		cf := `{"diet_key": null, "diet_managed": null, "diet_plan_id": null, "diet_object_id": null, "diet_managed_fields": null, "diet_source": null, "diet_deletion_protected": null, "monitoring_id": null}`
		if managed {
			cf = fmt.Sprintf(`{"diet_managed": true, "diet_plan_id": "ai-fabric", "diet_object_id": "ai-fabric/interface/gpu-%d/eth%d", "diet_managed_fields": {"v": 1, "base": {"name": "eth%d", "type": "400gbase-x-osfp", "enabled": true, "label": "", "description": "to leaf", "device": %d}, "released": {}}, "diet_source": "gpu", "diet_deletion_protected": null, "monitoring_id": "m-%d"}`, id/16, id%16, id%16, id/16, id)
		}
		fmt.Fprintf(&b, `{"id": %d, "device": {"id": %d, "url": "http://netbox/api/dcim/devices/%d/", "display": "gpu-%d", "name": "gpu-%d", "description": ""}, "name": "eth%d", "label": "", "type": {"value": "400gbase-x-osfp", "label": "OSFP (400GE)"}, "enabled": true, "lag": null, "description": "to leaf", "tags": [{"id": 3, "url": "http://netbox/api/extras/tags/3/", "display": "t", "name": "t", "slug": "t", "color": "9e9e9e"}], "custom_fields": %s, "created": "2026-11-23T14:48:06.578146Z", "last_updated": "2026-11-23T14:48:06.578168Z"}`,
			id, id/16, id/16, id/16, id/16, id%16, cf)
	}
	b.WriteString(`]}`)
	return b.String()
}

// BenchmarkIngest writes pages of interfaces into a mirror: new ones, and the
// same again. Its baseline is BenchmarkDecode.
func BenchmarkIngest(b *testing.B) {
	for _, managed := range []bool{false, true} {
		b.Run(fmt.Sprintf("fresh/managed=%v", managed), func(b *testing.B) {
			db := mirrortest.Open(b)
			ingest(b, db.SQL().DB, func(n int) string { return interfacePage(n, managed) })
		})
		b.Run(fmt.Sprintf("same/managed=%v", managed), func(b *testing.B) {
			db := mirrortest.Open(b)
			page := interfacePage(0, managed)
			ingest(b, db.SQL().DB, func(int) string { return page })
		})
	}
}

func ingest(b *testing.B, db *sql.DB, page func(int) string) {
	b.Helper()
	tx, err := db.Begin()
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = tx.Rollback() }()
	statement := sqlfile.MustLoad("ingest/interface")
	for n := 0; b.Loop(); n++ {
		b.StopTimer()
		text := page(n)
		b.StartTimer()
		if _, err := tx.Exec(statement, sql.Named("page", text)); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N)*1000/b.Elapsed().Seconds(), "obj/s")
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

// BenchmarkSign makes the signatures of managed interfaces.
func BenchmarkSign(b *testing.B) {
	db := mirrortest.Open(b)
	if _, err := db.SQL().Exec(sqlfile.MustLoad("ingest/interface"), sql.Named("page", interfacePage(0, true))); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := db.SQL().Exec(sqlfile.MustLoad("query/sign_interface")); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N)*1000/b.Elapsed().Seconds(), "obj/s")
}
