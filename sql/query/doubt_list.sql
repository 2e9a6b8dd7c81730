-- The objects whose marks have to be looked at, and who wrote diet's record of them, where
-- that was somebody else.
{{- range $i, $k := .Owned}}
{{- if $i}}
UNION ALL{{end}}
SELECT
  {{template "marks"}},
  w.actor IS NOT NULL AS written,
  coalesce(w.actor, '') AS actor,
  coalesce(w.user, '') AS user,
  coalesce(w.time, '') AS time,
  coalesce(w.message, '') AS message,
  coalesce(w.object, '') AS was_object,
  coalesce(w.plan, '') AS was_plan
FROM doubt AS w
CROSS JOIN marked_{{.Name}} AS o ON o.id = w.id
WHERE w.kind = '{{.Name}}'
{{- end}};
