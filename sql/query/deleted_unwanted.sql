-- The objects of a plan that somebody else deleted under diet ids that it does not want by now: they may have had
-- others before.
SELECT DISTINCT k.name AS kind, c.object_id AS id
FROM object_change AS c
JOIN kind AS k ON k.object_type = c.object_type
WHERE c.diet_id IS NOT NULL
  AND c.diet_plan = :plan
  AND c.action = 'delete'
  AND NOT EXISTS (SELECT 1 FROM own_request AS r WHERE r.request_id = c.request_id)
  AND NOT EXISTS (SELECT 1 FROM desired AS d WHERE d.kind = k.name AND d.object = c.diet_id)
ORDER BY k.name, c.object_id;
