-- How many objects of a kind are in the sites of the mirror, and how many bear marks of
-- diet's, by the two filters that find them.
SELECT
{{- if eq .Kind.Placed "site"}}
  (SELECT count(*) FROM {{.Kind.Name}} AS r JOIN scope_site AS s ON s.id = r.site_id) AS inside,
{{- else if eq .Kind.Placed "parent"}}
  (
    SELECT count(*)
    FROM {{.Kind.Name}} AS r
    JOIN {{.Parent.Name}} AS p ON p.id = r.{{.Kind.Parent}}_id
    JOIN scope_site AS s ON s.id = p.site_id
  ) AS inside,
{{- else}}
  0 AS inside,
{{- end}}
  (SELECT count(*) FROM {{.Kind.Name}} WHERE shown_object IS NOT NULL) AS by_object,
  (SELECT count(*) FROM {{.Kind.Name}} WHERE shown_object IS NULL AND shown_plan IS NOT NULL) AS by_plan;
