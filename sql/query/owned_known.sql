-- The NetBox ids of a plan's objects, by object id.
SELECT object, id
FROM marked
WHERE plan = :plan AND object IS NOT NULL AND managed
ORDER BY kind, object, id;
