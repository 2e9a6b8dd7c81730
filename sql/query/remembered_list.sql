-- The shared objects that those of the plan were applied with, as shared_remembered found
-- them, and what has changed of that since.
SELECT kind, key, id, sum(n) AS n
FROM (
  SELECT kind, key, id, n FROM remembered
{{- range .SharedReferences}}
  UNION ALL
  SELECT '{{.To.Name}}', m.keys ->> '$.{{.Field.Name}}', m.base ->> '$.{{.Field.Name}}', -1
  FROM moved AS m
  WHERE m.kind = '{{.Kind.Name}}' AND m.seen = 1 AND m.plan = :plan
  UNION ALL
  SELECT '{{.To.Name}}', r.keys ->> '$.{{.Field.Name}}', r.base ->> '$.{{.Field.Name}}', 1
  FROM moved AS m
  CROSS JOIN {{.Kind.Name}} AS r ON r.id = m.id
  WHERE m.kind = '{{.Kind.Name}}' AND m.seen = 1 AND r.plan = :plan
{{- end}}
)
WHERE key IS NOT NULL
GROUP BY kind, key, id
HAVING sum(n) > 0
ORDER BY kind, key, id;
