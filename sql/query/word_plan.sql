-- The plan keys that objects in the mirror bear, for a shell's completion.
{{- range $i, $k := .Owned}}
{{- if $i}}
UNION{{end}}
SELECT plan AS word
FROM {{.Name}}
WHERE plan > '' AND object_id IS NOT NULL
{{- end}}
ORDER BY word;
