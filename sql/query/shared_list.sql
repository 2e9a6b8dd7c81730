-- Every object of a shared kind with what a plan may state of it.
SELECT
  r.id,
  json_object(
{{- range $i, $f := .Kind.Compared}}
    {{if $i}}, {{end}}'{{.Name}}',
{{- if eq .Type "bool"}} json(CASE r.{{.Column}} WHEN 1 THEN 'true' WHEN 0 THEN 'false' END){{else}} r.{{.Column}}{{end}}
{{- end}}
  ) AS doc
FROM {{.Kind.Name}} AS r
ORDER BY r.id;
