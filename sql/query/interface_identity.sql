-- Object ids that more than one interface bears.
SELECT object_id AS object, id, o.name AS name
FROM interface AS o
WHERE plan = :plan
  AND coalesce(managed, 1)
  AND object_id IN (SELECT object_id FROM interface WHERE plan = :plan AND coalesce(managed, 1) GROUP BY object_id HAVING count(*) > 1)
ORDER BY object_id, id;
