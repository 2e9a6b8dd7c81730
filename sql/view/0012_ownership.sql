-- Which field belongs to whom: diet's, with the value last applied, and those
-- that a person released. Fields that are not listed belong to nobody.
CREATE VIEW ownership AS
{{- range $i, $k := .Owned}}
{{- if $i}}
UNION ALL{{end}}
SELECT
  '{{.Name}}' AS kind, r.plan, r.object_id AS object, r.id, {{template "label" .}} AS name, b.key AS field, 'diet' AS owner, b.value AS base
FROM {{.Name}} AS r
JOIN json_each(r.base) AS b
WHERE r.object_id IS NOT NULL
UNION ALL
SELECT '{{.Name}}', r.plan, r.object_id, r.id, {{template "label" .}}, f.key, 'person', NULL
FROM {{.Name}} AS r
JOIN json_each(r.released) AS f
WHERE r.object_id IS NOT NULL AND r.released <> '{}'
{{- end}};
