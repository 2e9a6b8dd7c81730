-- What the rules see of the objects of a kind with the ids of :ids, a JSON array: one JSON
-- object each, by field. A reference is the slug of what it refers to, or its name where
-- it has none. part_of is the NetBox id of the object that it is part of.
SELECT
  r.id,
{{- with .Kind.ParentKind}}
  r.{{$.Kind.Parent}}_id AS part_of,
{{- else}}
  NULL AS part_of,
{{- end}}
  json_object(
{{- range $i, $f := .Kind.Stored}}{{if $i}},{{end}}
    '{{.Name}}', {{template "seen" $.Kind.See .}}
{{- end}}
  ) AS doc
FROM {{.Kind.Name}} AS r
WHERE r.id IN (SELECT value FROM json_each(:ids))
ORDER BY r.id;
{{define "seen"}}
  {{- with .To}}(SELECT t.{{.Handle}} FROM {{.Name}} AS t WHERE t.id = r.{{$.Field.Column}})
  {{- else}}
  {{- if eq .Field.Type "bool"}}json(CASE r.{{.Field.Column}} WHEN 1 THEN 'true' WHEN 0 THEN 'false' END)
  {{- else if eq .Field.Type "tags"}}json((
      SELECT json_group_array(t.slug ORDER BY t.slug) FROM json_each(r.tags) AS e JOIN tag AS t ON t.id = e.value
    ))
  {{- else if eq .Field.Type "custom"}}json(coalesce(r.{{.Field.Column}}, '{}'))
  {{- else}}r.{{.Field.Column}}
  {{- end}}
  {{- end}}
{{- end}}
