-- Which field belongs to whom: diet's, with the value last applied, and those
-- that a person released. Fields that are not listed belong to nobody.
-- Objects are united before their fields are listed, since each row of a UNION ALL costs as much
-- as a field; the plus has all objects read in the order of the table, and one by the index.
CREATE VIEW ownership AS
SELECT
  r.kind, r.plan, r.object, r.id, r.name, f.key AS field, r.owner, CASE r.owner WHEN 'diet' THEN f.value END AS base
FROM (
{{- range $i, $k := .Owned}}
{{- if $i}}
  UNION ALL{{end}}
  SELECT '{{.Name}}' AS kind, r.plan, r.object_id AS object, r.id, {{template "label" .}} AS name, 'diet' AS owner, r.base AS fields
  FROM {{.Name}} AS r
  WHERE +r.object_id IS NOT NULL
  UNION ALL
  SELECT '{{.Name}}', r.plan, r.object_id, r.id, {{template "label" .}}, 'person', r.released
  FROM {{.Name}} AS r
  WHERE +r.object_id IS NOT NULL AND r.released <> '{}'
{{- end}}
) AS r
CROSS JOIN json_each(r.fields) AS f;
