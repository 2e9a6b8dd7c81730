-- The kinds with objects that ask for a new signature.
{{- range $i, $k := .Owned}}
{{- if $i}}
UNION ALL{{end}}
SELECT '{{.Name}}' AS kind WHERE EXISTS (SELECT 1 FROM {{.Name}} WHERE stale = 1)
{{- end}};
