-- The fields of a plan's objects that nobody owns and people wrote, each with its value.
SELECT kind, id, field, have
FROM unmanaged
WHERE plan = :plan AND have IS NOT NULL
ORDER BY kind, id, field;
