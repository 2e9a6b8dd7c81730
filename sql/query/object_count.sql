-- How many objects of each kind the mirror has.
{{- range $i, $k := .Kinds}}
{{- if $i}}
UNION ALL{{end}}
SELECT '{{.Name}}' AS kind, (SELECT count(*) FROM {{.Name}}) AS n
{{- end}}
ORDER BY kind;
