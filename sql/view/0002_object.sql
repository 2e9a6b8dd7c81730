-- One row an object that the mirror holds, of all kinds.
CREATE VIEW object AS
{{- range $i, $k := .Kinds}}
{{- if $i}}
UNION ALL{{end}}
SELECT '{{.Name}}' AS kind, r.id, {{template "label" .}} AS name, r.last_updated FROM {{.Name}} AS r
{{- end}};
