-- The NetBox ids of a plan's objects, by object id; two that bear one id show twice.
SELECT object_id AS object, id
FROM rack
WHERE plan = :plan AND object_id IS NOT NULL AND coalesce(managed, 1)
ORDER BY object_id, id;
