-- What people call the objects of a kind with the ids of the JSON list :ids. The name
-- of a part begins with that of its parent.
SELECT
  r.id,
{{- with .Parent}}
  (SELECT {{template "label" .}} || ' ' FROM {{.Name}} AS r WHERE r.id = part.{{$.Kind.Parent}}_id) ||
{{- end}}
  {{template "label" .Kind}} AS name
FROM {{.Kind.Name}} AS r
{{- if .Parent}}
JOIN {{.Kind.Name}} AS part ON part.id = r.id
{{- end}}
WHERE r.id IN (SELECT value FROM json_each(:ids))
ORDER BY r.id;
