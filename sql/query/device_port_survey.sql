-- The ports of a site's devices: their interfaces, and those of power and consoles, with the cable in each.
{{- range $i, $k := .Parts}}
{{if $i}}UNION ALL
{{end -}}
SELECT
  '{{$k.Name}}' AS kind, p.id, p.device_id AS device, p.name, coalesce(p.type, '') AS type, coalesce(p.module_id, 0) AS module,
  coalesce(t.cable_id, 0) AS cable
FROM {{$k.Name}} AS p
JOIN device AS d ON d.id = p.device_id
JOIN site AS s ON s.id = d.site_id
LEFT JOIN cable_termination AS t ON t.termination_type = '{{$k.ObjectType}}' AND t.termination_id = p.id
WHERE s.slug = :site
{{- end}}
ORDER BY 1, 2;
