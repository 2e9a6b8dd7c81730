{{- /* The objects r of a kind that have what the objects d of :objects shall get. */ -}}
{{define "holders"}}SELECT
  d.object,
  '{{.Kind.Name}}' AS kind,
  r.id,
  {{template "label" .Kind}} AS name,
  coalesce(r.plan, '') AS plan,
  coalesce(r.object_id, '') AS other,
  coalesce(r.plan, '') = d.plan AND r.object_id IS NOT NULL AS own,
  0 AS port,
  '' AS marked
FROM json_each(:objects) AS e
CROSS JOIN desired_{{.Kind.Name}} AS d ON d.object = e.value{{end}}
