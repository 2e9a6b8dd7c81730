package model

import (
	"github.com/diet-project/diet/mirror/sandbox/table"
)

var powerNouns = []noun{
	{
		at: "dcim/power-panels", order: table.ByName, unique: rules{together("dcim_powerpanel_unique_site_name", "site", "name")},
		fields: fields{
			"site": to("sites", protect), "location": to("locations", protect), "powerfeed_count": counts("power-feeds", "power_panel"),
		},
	},
	{
		at: "dcim/power-feeds", port: true, order: table.ByName, clean: cleanFeed,
		unique: rules{together("dcim_powerfeed_unique_power_panel_name", "power_panel", "name")},
		fields: fields{
			"power_panel": to("power-panels", protect), "rack": to("racks", protect), "status": def("active"), "type": def("primary"),
			"supply": def("ac"), "phase": def("single-phase"), "voltage": def(int64(120)), "amperage": def(int64(15)),
			"max_utilization": def(int64(80)), "tenant": to("tenants", protect),
		},
	},
	{
		at: "dcim/cooling-sources", order: table.ByName, unique: rules{together("dcim_coolingsource_unique_site_name", "site", "name")},
		fields: fields{
			"site": to("sites", protect), "location": to("locations", protect), "status": def("active"),
			"coolingfeed_count": counts("cooling-feeds", "cooling_source"),
		},
	},
	{
		at: "dcim/cooling-feeds", order: table.ByName,
		unique: rules{together("dcim_coolingfeed_unique_cooling_source_name", "cooling_source", "name")},
		fields: fields{
			"cooling_source": to("cooling-sources", protect), "rack": to("racks", protect), "status": def("active"),
			"tenant": to("tenants", protect),
		},
	},
}

// cleanFeed checks the voltage of a power feed.
func cleanFeed(_ *table.Tx, _ *table.Record, d *table.Draft) {
	switch volts := d.Record.Number("voltage"); {
	case volts == 0:
		d.Faults.Add("voltage", "This value may not be 0.")
	case volts < 0 && d.Record.Text("supply") == "ac":
		d.Faults.Add("voltage", "Voltage cannot be negative for AC supply")
	}
}
