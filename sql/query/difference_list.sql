-- What the diff found, in order.
SELECT kind, object, field, class, base, want, have, known, stated
FROM difference
WHERE plan = :plan AND class <> 'in_sync'
ORDER BY kind, object, field;
