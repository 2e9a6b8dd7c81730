-- One row an object that the mirror holds, of all kinds; diet's own leases and holds are none.
CREATE VIEW object AS
{{- range $i, $k := .Kinds}}
{{- if $i}}
UNION ALL{{end}}
SELECT '{{.Name}}' AS kind, r.id, {{template "label" .}} AS name, r.last_updated FROM {{.Name}} AS r
{{- if eq .Name "tag"}} WHERE r.slug NOT GLOB 'diet-lease-*' AND r.slug NOT GLOB 'diet-hold-*'{{end}}
{{- end}};
