-- The ports of a site's devices: their interfaces, and those of power and consoles.
{{- range $i, $k := .Parts}}
{{if $i}}UNION ALL
{{end -}}
SELECT
  '{{$k.Name}}' AS kind, p.id, p.device_id AS device, p.name, coalesce(p.type, '') AS type, coalesce(p.module_id, 0) AS module
FROM {{$k.Name}} AS p
JOIN device AS d ON d.id = p.device_id
JOIN site AS s ON s.id = d.site_id
WHERE s.slug = :site
{{- end}}
ORDER BY 1, 2;
