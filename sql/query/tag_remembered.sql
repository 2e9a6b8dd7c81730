-- The objects of a plan of which base remembers that a field, at :path, is the tag with an id.
{{- range $i, $k := .Owned}}
{{- if $i}}
UNION ALL{{end}}
SELECT '{{.Name}}' AS kind, r.object_id AS object
FROM {{.Name}} AS r
WHERE r.plan = :plan AND instr(r.keys, '"tag.') > 0 AND r.object_id IS NOT NULL AND r.keys ->> :path = :id
{{- end}};
