-- What does not stand where what holds it stands: a rack whose site is not its
-- location's, a device whose site or location is not its rack's. In NetBox they agree:
-- who moves one moves all that it holds.
{{- range $i, $f := .Followers}}
{{- if $i}}
UNION{{end}}
SELECT '{{.Kind.Name}}' AS kind, o.id AS id
FROM {{.Kind.Name}} AS o
JOIN {{.Holder.Name}} AS h ON h.id = o.{{.Reference.Column}}
WHERE o.{{.Field.Column}} IS NOT h.{{.Field.Column}}{{if not .Field.Required}} AND h.{{.Field.Column}} IS NOT NULL{{end}}
{{- end}}
ORDER BY kind, id;
