-- The NetBox ids of a plan's objects of a kind by their object ids: those of :objects, a
-- JSON array. Those whose marks have to be looked at are left out.
SELECT o.object_id AS object, min(o.id) AS id
FROM json_each(:objects) AS e
CROSS JOIN {{.Kind.Name}} AS o ON o.object_id = e.value
WHERE o.plan = :plan AND NOT EXISTS (SELECT 1 FROM doubt AS w WHERE w.kind = '{{.Kind.Name}}' AND w.id = o.id)
GROUP BY o.object_id;
