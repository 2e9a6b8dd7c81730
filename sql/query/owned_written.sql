-- The objects whose marks somebody else wrote last, and who: a user other than those of
-- :hand, a JSON array of what hand_list tells.
WITH written AS (
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
SELECT w.kind, w.id, a.actor, a.user, a.time, a.message
FROM written AS w
JOIN authored AS a ON a.id = w.change_id
WHERE a.actor <> 'diet'
  AND json_array_length(:hand) > 0
  AND a.user NOT IN (SELECT value FROM json_each(:hand))
ORDER BY w.kind, w.id;
