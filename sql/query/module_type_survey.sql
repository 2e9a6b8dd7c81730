-- What NetBox makes along with the devices and modules of the types that a site has: the interfaces
-- of device types, and all that comes with modules.
SELECT t.slug AS of, 0 AS of_module, 'interface_template' AS kind, i.name, coalesce(i.type, '') AS type
FROM interface_template AS i
JOIN device_type AS t ON t.id = i.device_type_id
WHERE i.device_type_id IN (
  SELECT d.device_type_id
  FROM device AS d
  JOIN site AS s ON s.id = d.site_id
  WHERE s.slug = :site
)
{{- range .Kinds}}{{if .OrParent}}
UNION ALL
SELECT
  t.model, 1, '{{.Name}}', x.name,
  {{if .Has "type"}}coalesce(x.type, ''){{else}}''{{end}}
FROM {{.Name}} AS x
JOIN module_type AS t ON t.id = x.module_type_id
WHERE x.module_type_id IN (
  SELECT m.module_type_id
  FROM module AS m
  JOIN device AS d ON d.id = m.device_id
  JOIN site AS s ON s.id = d.site_id
  WHERE s.slug = :site
)
{{- end}}{{end}}
ORDER BY 1, 2, 3, 4;
