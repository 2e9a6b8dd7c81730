{{- /* The change of each owned object by which its marks were written last. */ -}}
{{define "marks_written"}}
{{- range $i, $k := .Owned}}
{{- if $i}}
  UNION ALL{{end}}
  SELECT '{{.Name}}' AS kind, r.id, max(c.id) AS change_id
  FROM object_change AS c
  JOIN {{.Name}} AS r ON r.id = c.object_id
  WHERE c.object_type = '{{.ObjectType}}'
    AND (c.action = 'create' OR c.marks > 0)
    AND (c.action = 'create' OR c.marks = 2 OR NOT r.sealed)
    AND r.object_id IS NOT NULL
  GROUP BY r.id
{{- end}}{{end}}
