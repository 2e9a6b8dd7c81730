package diet.run

# METADATA
# title: A run writes only within a change window
# description: |
#   data.settings.windows lists days, times and a time zone. Without windows a run may
#   write at any time. The clock is input.now.
# custom:
#   id: RUN103
#   severity: high
#   decision: deny
guards contains object.union(rego.metadata.rule().custom, {"message": message}) if {
	input.class == "run"
	count(data.settings.windows) > 0
	not _open
	message := sprintf("%s is outside the change windows, which are %s", [
		object.get(input, "now", "an unknown time"),
		concat("; ", [_spelled(window) | some window in data.settings.windows]),
	])
}

# METADATA
# title: A run does not write during a freeze
# custom:
#   id: RUN104
#   severity: critical
#   decision: deny
guards contains object.union(rego.metadata.rule().custom, {"message": message}) if {
	input.class == "run"
	some freeze in data.settings.freezes
	not _clear(freeze)
	message := sprintf("changes are frozen from %s to %s: %s", [freeze.from, freeze.to, freeze.why])
}

_clear(freeze) if time.parse_rfc3339_ns(input.now) < time.parse_rfc3339_ns(freeze.from)

_clear(freeze) if time.parse_rfc3339_ns(input.now) >= time.parse_rfc3339_ns(freeze.to)

_spelled(window) := sprintf("%s %s-%s %s", [concat(", ", window.days), window.from, window.to, _zone(window)])

_open if {
	some window in data.settings.windows
	_inside(window)
}

_zone(window) := object.get(window, "zone", "UTC")

_now := time.parse_rfc3339_ns(input.now)

_hour := 60

_day_before := {
	"Monday": "Sunday",
	"Tuesday": "Monday",
	"Wednesday": "Tuesday",
	"Thursday": "Wednesday",
	"Friday": "Thursday",
	"Saturday": "Friday",
	"Sunday": "Saturday",
}

_minutes(text) := (to_number(parts[0]) * _hour) + to_number(parts[1]) if parts := split(text, ":")

_clock(window) := (clock[0] * _hour) + clock[1] if clock := time.clock([_now, _zone(window)])

# From morning to evening.
_inside(window) if {
	_minutes(window.from) < _minutes(window.to)
	time.weekday([_now, _zone(window)]) in window.days
	_clock(window) >= _minutes(window.from)
	_clock(window) < _minutes(window.to)
}

# Over midnight: the evening of a listed day, or the morning after one.
_inside(window) if {
	_minutes(window.from) >= _minutes(window.to)
	time.weekday([_now, _zone(window)]) in window.days
	_clock(window) >= _minutes(window.from)
}

_inside(window) if {
	_minutes(window.from) >= _minutes(window.to)
	_day_before[time.weekday([_now, _zone(window)])] in window.days
	_clock(window) < _minutes(window.to)
}
