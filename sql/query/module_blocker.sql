-- Ports of devices with the names of ports of modules that are to come into those: NetBox takes no such
-- module. What is on the module that stands in the bay goes with that. :objects are the modules, and :ports a
-- JSON list of module, kind and name of each port. own is 1 for a port of the same plan, whose own change may
-- take it away.
WITH port AS MATERIALIZED (
  SELECT d.object, d.plan, d.device_id, d.module_bay_id, p.value ->> 1 AS kind, p.value ->> 2 AS name
  FROM json_each(:ports) AS p
  JOIN desired_{{.Kind.Name}} AS d ON d.object = p.value ->> 0
  WHERE d.id IS NULL AND d.device_id IS NOT NULL AND d.object IN (SELECT value FROM json_each(:objects))
)
{{- range $i, $part := .Parts}}
{{if $i}}UNION ALL
{{end}}SELECT
  p.object,
  '{{.Name}}' AS kind,
  r.id,
  coalesce(h.name, '#' || h.id) || ' ' || r.name AS name,
  coalesce(r.plan, '') AS plan,
  coalesce(r.object_id, '') AS other,
  coalesce(r.plan, '') = p.plan AND r.object_id IS NOT NULL AS own,
  0 AS port,
  '' AS marked
FROM port AS p
CROSS JOIN {{.Name}} AS r ON r.{{.Parent}}_id = p.device_id AND r.name = p.name
JOIN {{.ParentKind}} AS h ON h.id = r.{{.Parent}}_id
WHERE p.kind = '{{.Name}}'
  AND NOT EXISTS (SELECT 1 FROM {{$.Kind.Name}} AS m WHERE m.id = r.module_id AND m.module_bay_id IS p.module_bay_id)
{{- end}}
ORDER BY 1, 2, 3;
