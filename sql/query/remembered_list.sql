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
  UNION ALL
  SELECT 'tag', substr(k.key, 5), k.value, -1
  FROM moved AS m
  JOIN json_each(m.keys) AS k
  WHERE m.seen = 1 AND m.plan = :plan AND k.key GLOB 'tag.*'
{{- range .Owned}}
  UNION ALL
  SELECT 'tag', substr(k.key, 5), k.value, 1
  FROM moved AS m
  CROSS JOIN {{.Name}} AS r ON r.id = m.id
  JOIN json_each(r.keys) AS k
  WHERE m.kind = '{{.Name}}' AND m.seen = 1 AND r.plan = :plan AND instr(r.keys, '"tag.') > 0 AND k.key GLOB 'tag.*'
{{- end}}
)
WHERE key IS NOT NULL
GROUP BY kind, key, id
HAVING sum(n) > 0
ORDER BY kind, key, id;
