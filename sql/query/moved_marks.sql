-- The objects whose marks have moved since the last diff and that are there: bearers is how
-- many have their id, wanted whether the desired side has that, known the NetBox id there.
{{- range $i, $k := .Owned}}
{{- if $i}}
UNION ALL{{end}}
SELECT
  {{template "marks"}},
  (SELECT count(*) FROM {{.Name}} AS t WHERE t.object_id = o.object) AS bearers,
  d.object IS NOT NULL AS wanted,
  coalesce(d.id, 0) AS known
FROM moved AS m
CROSS JOIN marked_{{.Name}} AS o ON o.id = m.id
LEFT JOIN desired AS d ON d.kind = '{{.Name}}' AND d.object = o.object
WHERE m.kind = '{{.Name}}'
{{- end}};
