-- The cables that join a port for power, or a console, of a device in :devices, a JSON array of
-- ids, with one of another of them, or with a power feed, whose device is its rack.
{{- range $i, $p := .Cable.Pairs}}
{{if $i}}UNION ALL
{{end -}}
SELECT
  t.cable_id AS id, '{{$p.A.To.Name}}' AS a_kind, a.id AS a, a.name AS a_name, a.device_id AS a_device,
  '{{$p.B.To.Name}}' AS b_kind, b.id AS b, b.name AS b_name, b.{{if $p.B.To.Parent}}device_id{{else}}rack_id{{end}} AS b_device,
  0 AS plug
FROM {{$p.A.To.Name}} AS a
CROSS JOIN cable_termination AS t ON t.termination_type = '{{$p.A.To.ObjectType}}' AND t.termination_id = a.id
JOIN cable_termination AS u ON u.cable_id = t.cable_id AND u.cable_end <> t.cable_end AND u.termination_type = '{{$p.B.To.ObjectType}}'
JOIN {{$p.B.To.Name}} AS b ON b.id = u.termination_id
WHERE (SELECT count(*) FROM cable_termination AS n WHERE n.cable_id = t.cable_id) = 2
  AND a.device_id IN (SELECT value FROM json_each(:devices))
  AND {{if $p.B.To.Parent}}b.device_id IN (SELECT value FROM json_each(:devices)){{else}}b.rack_id IS NOT NULL{{end}}
{{- end}}
ORDER BY 1;
