-- The NetBox ids of a plan's objects of a kind by their object ids: those of :objects, a
-- JSON array. Two objects with one object id are two rows.
SELECT o.object_id AS object, o.id
FROM json_each(:objects) AS e
CROSS JOIN {{.Kind.Name}} AS o ON o.object_id = e.value
WHERE o.plan = :plan;
