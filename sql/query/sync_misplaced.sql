-- Objects that are not where their parent is: a rack whose site is not its
-- location's, a device whose site or location is not its rack's. In NetBox they agree:
-- moving one moves everything in it.
{{- range $i, $f := .Followers}}
{{- if $i}}
UNION{{end}}
SELECT '{{.Kind.Name}}' AS kind, o.id AS id
FROM {{.Kind.Name}} AS o
JOIN {{.Holder.Name}} AS h ON h.id = o.{{.Reference.Column}}
WHERE o.{{.Field.Column}} IS NOT h.{{.Field.Column}}{{if not .Field.Required}} AND h.{{.Field.Column}} IS NOT NULL{{end}}
{{- end}}
ORDER BY kind, id;
