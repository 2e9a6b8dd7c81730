-- How many objects of each kind a plan owns in NetBox. (The index on object_id has all that
-- it takes.)
{{- range $i, $k := .Owned}}
{{- if $i}}
UNION ALL{{end}}
SELECT '{{.Name}}' AS kind, count(*) AS n
FROM {{.Name}} AS r
WHERE r.object_id IS NOT NULL AND r.plan = :plan AND coalesce(r.managed, 1)
{{- end}}
ORDER BY kind;
