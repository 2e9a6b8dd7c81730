-- Ports that cables of a plan want and that another cable holds, or that people marked as
-- connected: one row a port, with the object type of that. :objects are the cables. own is 1 for a cable of the same
-- plan, whose own change may free the port.
WITH port AS MATERIALIZED (
  SELECT d.object, d.plan, d.id, p.value AS type_of, coalesce(d.fields ->> p.key, d.initial ->> p.key) AS id_of
  FROM json_each(:objects) AS e
  CROSS JOIN desired AS d ON d.kind = '{{.Cable.Name}}' AND d.object = e.value
  CROSS JOIN json_each('{ {{- range $i, $p := .Cable.Plugged}}{{if $i}}, {{end}}"{{.Name}}": "{{.To.ObjectType}}"{{end -}} }') AS p
  WHERE typeof(coalesce(d.fields ->> p.key, d.initial ->> p.key)) = 'integer'
)
SELECT
  p.object,
  {{template "cable_holding"}},
  coalesce(o.plan, '') = p.plan AND o.object_id IS NOT NULL AS own,
  p.id_of AS port,
  p.type_of AS port_type,
  '' AS marked
FROM port AS p
CROSS JOIN cable_termination AS t ON t.termination_type = p.type_of AND t.termination_id = p.id_of
JOIN cable AS o ON o.id = t.cable_id
WHERE p.id IS NULL OR o.id <> p.id
{{- range .Ports}}
UNION ALL
SELECT
  p.object,
  '{{.Name}}' AS kind,
  i.id,
  {{if .Parent}}coalesce(h.name, '#' || h.id) || ' ' || {{end}}i.name AS name,
  CASE WHEN i.plan <> p.plan THEN i.plan ELSE '' END AS plan,
  CASE WHEN i.plan <> p.plan THEN i.object_id ELSE '' END AS other,
  0 AS own,
  p.id_of AS port,
  p.type_of AS port_type,
  'mark_connected' AS marked
FROM port AS p
CROSS JOIN {{.Name}} AS i ON i.id = p.id_of
{{- if .Parent}}
JOIN {{.ParentKind}} AS h ON h.id = i.{{.Parent}}_id
{{- end}}
WHERE p.type_of = '{{.ObjectType}}' AND i.mark_connected
{{- end}}
ORDER BY 1, 2, 3;
