-- The classes of objects that diet owns, for a shell's completion.
{{- range $i, $k := .Owned}}
{{- if $i}}
UNION{{end}}
SELECT source AS word
FROM {{.Name}}
WHERE source > '' AND object_id IS NOT NULL
{{- end}}
ORDER BY word;
