{{- /* The values of a column among the objects that diet owns, each once. */ -}}
{{define "owned_word"}}
{{- $column := index .Columns 0}}
{{- range $i, $k := .Owned}}
{{- if $i}}
UNION{{end}}
SELECT {{$column}} AS word
FROM {{.Name}}
WHERE {{$column}} > '' AND object_id IS NOT NULL
{{- end}}
ORDER BY word;{{end}}
