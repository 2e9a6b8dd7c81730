-- When diet last wrote each object of a plan, by kind and diet id: its own field, down to the second.
{{- range $i, $k := .Owned}}
{{- if $i}}
UNION ALL{{end}}
SELECT '{{.Name}}' AS kind, object_id AS object, custom_fields ->> 'diet_last_applied' AS at
FROM {{.Name}}
WHERE object_id IS NOT NULL AND plan = :plan AND custom_fields ->> 'diet_last_applied' IS NOT NULL
{{- end}}
ORDER BY 1, 2;
