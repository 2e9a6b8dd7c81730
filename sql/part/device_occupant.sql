{{- /* What is told of a device o that has the room which the object d wants. */ -}}
{{define "device_occupant"}}SELECT
  d.object,
  'device' AS kind,
  o.id,
  coalesce(o.name, '#' || o.id) AS name,
  coalesce(o.plan, '') AS plan,
  coalesce(o.object_id, '') AS other,
  coalesce(o.plan, '') = d.plan AND o.object_id IS NOT NULL AS own,
  0 AS port,
  '' AS marked{{end}}
