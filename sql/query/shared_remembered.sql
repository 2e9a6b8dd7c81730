-- The ids of the shared objects that a plan's objects referred to when diet last applied
-- them, by kind and natural key; several if what was applied disagrees.
{{- range $i, $r := .SharedReferences}}
{{- if $i}}
UNION{{end}}
SELECT '{{.To.Name}}' AS kind, r.keys ->> '$.{{.Field.Name}}' AS key, r.base ->> '$.{{.Field.Name}}' AS id
FROM {{.Kind.Name}} AS r
WHERE r.plan = :plan AND r.keys ->> '$.{{.Field.Name}}' IS NOT NULL
{{- end}}
ORDER BY kind, key, id;
