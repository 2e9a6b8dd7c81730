-- What a mirror of some sites holds of a kind only because something refers to it; of cables
-- that is nothing.
SELECT r.id
FROM {{.Kind.Name}} AS r
{{- if eq .Kind.Placed "parent"}}
LEFT JOIN {{.Parent.Name}} AS p ON p.id = r.{{.Kind.Parent}}_id
{{- end}}
WHERE r.shown_object IS NULL
  AND r.shown_plan IS NULL
{{- if eq .Kind.Placed "site"}}
  AND NOT EXISTS (SELECT 1 FROM scope_site AS s WHERE s.id = r.site_id)
{{- else if eq .Kind.Placed "parent"}}
  AND NOT EXISTS (SELECT 1 FROM scope_site AS s WHERE s.id = p.site_id)
{{- else}}
  AND false
{{- end}}
ORDER BY r.id;
