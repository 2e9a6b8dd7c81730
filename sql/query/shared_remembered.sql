-- The ids of the shared objects that a plan's objects referred to when diet last applied
-- them, by kind and natural key, and how many referred to each; several if what was applied
-- disagrees.
SELECT kind, key, id, count(*) AS n
FROM (
{{- range $i, $r := .SharedReferences}}
{{- if $i}}
  UNION ALL{{end}}
  SELECT '{{.To.Name}}' AS kind, r.keys ->> '$.{{.Field.Name}}' AS key, r.base ->> '$.{{.Field.Name}}' AS id
  FROM {{.Kind.Name}} AS r
  WHERE r.plan = :plan
{{- end}}
{{- range .Owned}}
  UNION ALL
  SELECT 'tag', substr(k.key, 5), k.value
  FROM {{.Name}} AS r
  JOIN json_each(r.keys) AS k
  WHERE r.plan = :plan AND instr(r.keys, '"tag.') > 0 AND k.key GLOB 'tag.*'
{{- end}}
)
WHERE key IS NOT NULL
GROUP BY kind, key, id
ORDER BY kind, key, id;
