-- Nothing hangs on a cable.
SELECT 'none' AS kind, 0 AS id, '' AS name
WHERE :id IS NULL AND :plan IS NULL;
