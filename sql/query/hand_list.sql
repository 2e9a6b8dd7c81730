-- The users by whom diet wrote: those configured, and those of its requests, by a journal or
-- a message. Where nothing tells, as before NetBox 4.4 without a journal, it is whoever wrote
-- most of the marks; where nobody wrote most of them it is nobody, who is called ' '.
WITH known AS MATERIALIZED (
  SELECT user FROM actor WHERE role = 'diet'
  UNION
  SELECT c.user_name FROM own_request AS r JOIN object_change AS c ON c.request_id = r.request_id
),
written AS (
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
{{- end}}
)
SELECT user FROM known
UNION ALL
SELECT
  coalesce(
    (
      SELECT c.user_name
      FROM written AS w
      JOIN object_change AS c ON c.id = w.change_id
      GROUP BY c.user_name
      HAVING 2 * count(*) > (SELECT count(*) FROM written)
    ),
    ' '
  ) AS user
WHERE NOT EXISTS (SELECT 1 FROM known)
ORDER BY user;
