-- Object ids that more than one rack bears.
SELECT object_id AS object, id, o.name AS name
FROM rack AS o
WHERE plan = :plan
  AND coalesce(managed, 1)
  AND object_id IN (SELECT object_id FROM rack WHERE plan = :plan AND coalesce(managed, 1) GROUP BY object_id HAVING count(*) > 1)
ORDER BY object_id, id;
