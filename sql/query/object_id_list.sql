-- NetBox ids of a plan's objects, by diet id.
SELECT object_id AS object, id FROM rack WHERE plan = :plan AND object_id IS NOT NULL AND coalesce(managed, 1)
UNION ALL
SELECT object_id, id FROM device WHERE plan = :plan AND object_id IS NOT NULL AND coalesce(managed, 1)
UNION ALL
SELECT object_id, id FROM interface WHERE plan = :plan AND object_id IS NOT NULL AND coalesce(managed, 1)
UNION ALL
SELECT object_id, id FROM cable WHERE plan = :plan AND object_id IS NOT NULL AND coalesce(managed, 1)
ORDER BY 1;
