-- The objects whose marks somebody else wrote last, and who: a user other than those of
-- :hand, a JSON array of what hand_list tells.
WITH written AS (
{{- template "marks_written" .}}
)
SELECT w.kind, w.id, a.actor, a.user, a.time, a.message
FROM written AS w
JOIN authored AS a ON a.id = w.change_id
WHERE a.actor <> 'diet'
  AND json_array_length(:hand) > 0
  AND a.user NOT IN (SELECT value FROM json_each(:hand))
ORDER BY w.kind, w.id;
