-- The objects that have a tag of :ids, a JSON array.
{{- range $i, $k := .Owned}}
{{- if $i}}
UNION ALL{{end}}
SELECT '{{.Name}}' AS kind, o.id AS id
FROM {{.Name}} AS o
WHERE EXISTS (SELECT 1 FROM json_each(o.tags) AS t JOIN json_each(:ids) AS i ON i.value = t.value)
{{- end}}
ORDER BY kind, id;
