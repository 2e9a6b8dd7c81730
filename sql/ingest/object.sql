-- A page of objects of a kind becomes rows. A row that is as it was is left alone: the
-- hash is over its columns, since what NetBox nests in an object, such as names and
-- counts of others, moves without it. record is diet's own, looked into only where there
-- is one. :page is NetBox's JSON.
WITH {{if .Kind.IsOwned}}object AS MATERIALIZED (
  SELECT
    o.value,
    CASE json_type(o.value, '$.custom_fields.diet_managed_fields')
      WHEN 'object' THEN jsonb_extract(o.value, '$.custom_fields.diet_managed_fields')
    END AS record
  FROM jsonb_each(:page, '$.results') AS o
),
{{end}}page AS MATERIALIZED (
  SELECT
    e.value ->> '$.id' AS id,
{{- range .Kind.Stored}}
    {{template "read" .}} AS {{.Column}},
{{- if .FoldColumn}}
    diet_fold(e.value ->> '$.{{.Name}}') AS {{.FoldColumn}},
{{- end}}
{{- end}}
{{- if .Kind.IsOwned}}
    CASE
      WHEN json_type(e.record, '$.base') = 'object'
        THEN coalesce({{template "sealed" "object"}}, nullif(e.value ->> '$.custom_fields.diet_object_id', ''))
    END AS object_id,
    CASE
      WHEN json_type(e.record, '$.base') = 'object'
        THEN coalesce({{template "sealed" "plan"}}, nullif(e.value ->> '$.custom_fields.diet_plan_id', ''))
    END AS plan,
    nullif(e.value ->> '$.custom_fields.diet_object_id', '') AS shown_object,
    nullif(e.value ->> '$.custom_fields.diet_plan_id', '') AS shown_plan,
    {{template "sealed" "object"}} IS NOT NULL AND {{template "sealed" "plan"}} IS NOT NULL AS sealed,
    CASE WHEN json_type(e.record, '$.v') = 'integer' THEN e.record ->> '$.v' END AS version,
    CASE json_type(e.value, '$.custom_fields.diet_managed') WHEN 'true' THEN 1 WHEN 'false' THEN 0 END AS managed,
    coalesce(json_type(e.value, '$.custom_fields.diet_deletion_protected') = 'true', 0) AS protected,
    nullif(e.value ->> '$.custom_fields.diet_source', '') AS source,
    CASE WHEN json_type(e.record, '$.base') = 'object' THEN diet_base(e.record -> '$.base') ELSE '{}' END AS base,
    diet_keys(e.record -> '$.base') AS keys,
    CASE WHEN json_type(e.record, '$.released') = 'object' THEN e.record -> '$.released' ELSE '{}' END AS released,
    CASE WHEN json_type(e.record, '$.tmp') = 'object' THEN e.record -> '$.tmp' ELSE '{}' END AS tmp,
    e.value ->> '$.created' AS created,
{{- end}}
    e.value ->> '$.last_updated' AS last_updated
  FROM {{if .Kind.IsOwned}}object{{else}}jsonb_each(:page, '$.results'){{end}} AS e
)
INSERT INTO {{.Kind.Name}} (id{{range .Kind.Columns}}, {{.}}{{end}}, hash)
SELECT
  id{{range .Kind.Columns}},
  {{.}}{{end}},
  diet_hash({{range $i, $c := .Kind.Columns}}{{if $i}}, {{end}}{{$c}}{{end}})
FROM page
WHERE true
ON CONFLICT (id) DO UPDATE SET
{{- range .Kind.Columns}}
  {{.}} = excluded.{{.}},
{{- end}}
{{- if .Kind.IsOwned}}
  stale = 1,
{{- end}}
  hash = excluded.hash
WHERE hash IS NOT excluded.hash;
{{define "sealed"}}CASE WHEN json_type(e.record, '$.{{.}}') = 'text' THEN nullif(e.record ->> '$.{{.}}', '') END{{end}}
{{define "read"}}
  {{- if eq .Type "tags"}}(
      SELECT json_group_array(t.value ->> '$.id' ORDER BY t.value ->> '$.id')
      FROM jsonb_each(e.value, '$.{{.Name}}') AS t
    )
  {{- else if eq .Type "texts"}}(
      SELECT json_group_array(t.value ORDER BY t.value)
      FROM jsonb_each(e.value, '$.{{.Name}}') AS t
    )
  {{- else if eq .Type "custom"}}diet_custom(e.value -> '$.{{.Name}}', (SELECT json_group_object(name, type) FROM custom_field))
  {{- else if .Bare}}e.value ->> '$.{{.Name}}'
  {{- else if eq .Type "reference"}}e.value ->> '$.{{.Name}}.id'
  {{- else if eq .Type "choice"}}e.value ->> '$.{{.Name}}.value'
  {{- else}}e.value ->> '$.{{.Name}}'
  {{- end}}
{{- end}}
