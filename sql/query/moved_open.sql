-- How many of the objects whose marks have moved were in doubt at the last diff, or have a
-- record that somebody else wrote, as owned_written tells; and 1 where whoever wrote most of the
-- marks is another one by now, if nothing else tells by whom diet writes, as for hand_list.
WITH written AS (
{{- template "marks_written" .}}
)
SELECT count(*) AS n FROM moved AS m JOIN doubt AS w ON w.kind = m.kind AND w.id = m.id
UNION ALL
SELECT count(*)
FROM (
{{- range $i, $k := .Owned}}
{{- if $i}}
  UNION ALL{{end}}
  SELECT (
    SELECT max(c.id)
    FROM object_change AS c
    WHERE c.object_type = '{{.ObjectType}}'
      AND c.object_id = r.id
      AND (c.action = 'create' OR c.marks > 0)
      AND (c.action = 'create' OR c.marks = 2 OR NOT r.sealed)
  ) AS change_id
  FROM moved AS m
  CROSS JOIN {{.Name}} AS r ON r.id = m.id
  WHERE m.kind = '{{.Name}}' AND r.object_id IS NOT NULL
{{- end}}
) AS w
JOIN authored AS a ON a.id = w.change_id
WHERE a.actor <> 'diet'
  AND EXISTS (SELECT 1 FROM hand)
  AND a.user NOT IN (SELECT user FROM hand)
UNION ALL
SELECT count(*)
FROM (
  SELECT {{template "wrote_most"}} AS user
  WHERE NOT EXISTS (SELECT 1 FROM actor WHERE role = 'diet')
    AND NOT EXISTS (SELECT 1 FROM own_request AS r JOIN object_change AS c ON c.request_id = r.request_id)
) AS g
WHERE g.user NOT IN (SELECT user FROM hand);
