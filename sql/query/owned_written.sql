-- The objects whose marks somebody else wrote last, and who: a user other than those of
-- :hand, a JSON array of what hand_list tells. was_object and was_plan are those that diet's
-- record named before others wrote it; empty where they still stand there, or no change tells.
WITH written AS (
{{- template "marks_written" .}}
),
other AS (
  SELECT w.kind, w.id, a.object_type, a.actor, a.user, a.time, a.message
  FROM written AS w
  JOIN authored AS a ON a.id = w.change_id
  WHERE a.actor <> 'diet'
    AND json_array_length(:hand) > 0
    AND a.user NOT IN (SELECT value FROM json_each(:hand))
),
ours AS (
  SELECT o.kind, o.id, o.object_type, coalesce(max(c.id), 0) AS change_id
  FROM other AS o
  LEFT JOIN object_change AS c
    ON c.object_type = o.object_type
    AND c.object_id = o.id
    AND (c.action = 'create' OR c.marks = 2)
    AND (
      c.user_name IN (SELECT value FROM json_each(:hand))
      OR c.request_id IN (SELECT request_id FROM own_request)
    )
  GROUP BY o.kind, o.id, o.object_type
),
first AS (
  SELECT u.kind, u.id, min(c.id) AS change_id
  FROM ours AS u
  JOIN object_change AS c ON c.object_type = u.object_type AND c.object_id = u.id
  WHERE c.id > u.change_id AND c.action = 'update' AND c.diet_id IS NOT NULL
  GROUP BY u.kind, u.id
)
SELECT
  o.kind,
  o.id,
  o.actor,
  o.user,
  o.time,
  o.message,
  coalesce(c.diet_id, '') AS was_object,
  coalesce(c.diet_plan, '') AS was_plan
FROM other AS o
LEFT JOIN first AS f ON f.kind = o.kind AND f.id = o.id
LEFT JOIN object_change AS c ON c.id = f.change_id
ORDER BY o.kind, o.id;
