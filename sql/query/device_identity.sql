-- Object ids that more than one device bears.
SELECT object_id AS object, id, o.name AS name
FROM device AS o
WHERE plan = :plan
  AND coalesce(managed, 1)
  AND object_id IN (SELECT object_id FROM device WHERE plan = :plan AND coalesce(managed, 1) GROUP BY object_id HAVING count(*) > 1)
ORDER BY object_id, id;
