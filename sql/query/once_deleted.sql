-- When each object that a plan once had was last deleted, by kind and diet id, as far as the changelog says.
SELECT k.name AS kind, c.diet_id AS object, max(c.time) AS at
FROM object_change AS c
JOIN kind AS k ON k.object_type = c.object_type
WHERE c.diet_id IS NOT NULL AND c.diet_plan = :plan AND c.action = 'delete'
GROUP BY k.name, c.diet_id
ORDER BY k.name, c.diet_id;
