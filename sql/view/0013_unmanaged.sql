-- Changes that people made to fields nobody owns, on objects of ours: the last
-- one of each field, for information. (CROSS JOIN: from the requests that are not diet's,
-- which are found by steps along an index, to their few edits, and to the objects.)
CREATE VIEW unmanaged AS
WITH RECURSIVE {{template "requests"}},
edit AS MATERIALIZED (
  SELECT c.object_type, c.object_id AS id, f.value AS field, max(c.id) AS change_id, c.user_name AS user, c.time, c.message, c.wrote
  FROM request AS r
  CROSS JOIN object_change AS c ON c.request_id = r.id
  CROSS JOIN json_each(c.fields) AS f
  WHERE NOT EXISTS (SELECT 1 FROM own_request AS o WHERE o.request_id = r.id)
    AND c.action = 'update'
    AND c.object_type IN (SELECT object_type FROM kind WHERE owned)
    AND f.value NOT LIKE 'cf.diet\_%' ESCAPE '\'
    AND f.value NOT IN ('cable', 'cable_connector', 'cable_end', 'cable_positions', 'wireless_link', 'last_updated') -- NetBox's own
  GROUP BY c.object_type, c.object_id, f.value
)
{{- range $i, $k := .Owned}}
{{- if $i}}
UNION ALL{{end}}
SELECT
  o.kind, o.plan, o.object, o.id, o.name, e.field,
  -- what the mirror does not hold is as it was written
  CASE WHEN h.key IS NULL THEN e.wrote ->> ('$."' || e.field || '"') ELSE h.value END AS have,
  e.user, e.time, e.message
FROM edit AS e
CROSS JOIN owned_{{.Name}} AS o ON o.id = e.id
LEFT JOIN json_each(o.doc) AS h ON h.key = e.field
WHERE e.object_type = '{{.ObjectType}}'
  AND o.object IS NOT NULL
  AND json_type(o.base, '$."' || e.field || '"') IS NULL
{{- range .Plugged}}
{{- if .Beside}}
  AND NOT (e.field = '{{.Beside}}' AND json_type(o.base, '$.{{.Name}}') IS NOT NULL)
{{- end}}
{{- end}}
  AND NOT EXISTS (
    SELECT 1
    FROM object_change AS l
    JOIN json_each(l.fields) AS f
    WHERE l.object_type = e.object_type AND l.object_id = e.id AND l.id > e.change_id AND f.value = e.field
  )
{{- end}};
