-- What diet's objects of a kind refer to and the mirror does not have.
{{- range $i, $f := .Kind.Known}}
{{- if $i}}
UNION ALL{{end}}
SELECT '{{.To}}' AS kind, o.{{.Column}} AS id, o.plan, '{{$.Kind.Name}}' AS referrer, count(*) AS objects
FROM {{$.Kind.Name}} AS o
WHERE o.plan IS NOT NULL
  AND o.object_id IS NOT NULL
  AND o.{{.Column}} IS NOT NULL
  AND NOT EXISTS (SELECT 1 FROM {{.To}} AS t WHERE t.id = o.{{.Column}})
GROUP BY o.{{.Column}}, o.plan
{{- end}}
ORDER BY kind, id, plan;
