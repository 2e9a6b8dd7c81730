-- The diet ids of a plan under which objects went, by type, with those that they had before that: somebody deleted them,
-- or they disappeared.
SELECT DISTINCT d.object_type AS type, d.diet_id AS object, w.diet_id AS was
FROM object_change AS d
JOIN object_change AS w ON w.object_type = d.object_type AND w.object_id = d.object_id AND w.action = 'update'
WHERE d.action = 'delete' AND d.diet_id IS NOT NULL AND d.diet_plan = :plan AND w.diet_plan = :plan AND w.diet_id <> d.diet_id
UNION
SELECT k.object_type, l.object, w.diet_id
FROM lost AS l
JOIN kind AS k ON k.name = l.kind
JOIN object_change AS w ON w.object_type = k.object_type AND w.object_id = l.id AND w.action = 'update'
WHERE l.plan = :plan AND w.diet_plan = :plan AND w.diet_id <> l.object;
