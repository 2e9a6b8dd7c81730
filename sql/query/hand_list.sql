-- The users by whom diet wrote: those configured, and those of its requests, by a journal or
-- a message. Where nothing tells, as before NetBox 4.4 without a journal, it is whoever wrote
-- most of the marks; where nobody wrote most of them it is nobody, who is called ' '.
WITH known AS MATERIALIZED (
  SELECT user FROM actor WHERE role = 'diet'
  UNION
  SELECT c.user_name FROM own_request AS r JOIN object_change AS c ON c.request_id = r.request_id
),
written AS (
{{- template "marks_written" .}}
)
SELECT user FROM known
UNION ALL
SELECT
  {{template "wrote_most"}} AS user
WHERE NOT EXISTS (SELECT 1 FROM known)
ORDER BY user;
