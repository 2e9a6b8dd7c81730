-- The NetBox ids of a plan's objects, by object id; two with one id show twice.
SELECT kind, object, id, name, released
FROM owned
WHERE plan = :plan AND object IS NOT NULL AND managed
ORDER BY kind, object, id;
