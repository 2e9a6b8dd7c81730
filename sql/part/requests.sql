{{- /* The requests of the changelog, found by steps along an index. */ -}}
{{define "requests"}}request (id) AS (
  SELECT min(request_id) FROM object_change
  UNION ALL
  SELECT (SELECT min(c.request_id) FROM object_change AS c WHERE c.request_id > r.id)
  FROM request AS r
  WHERE r.id IS NOT NULL
){{end}}
