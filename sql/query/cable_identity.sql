-- Object ids that more than one cable bears.
SELECT object_id AS object, id, coalesce(nullif(o.label, ''), '#' || o.id) AS name
FROM cable AS o
WHERE plan = :plan
  AND coalesce(managed, 1)
  AND object_id IN (SELECT object_id FROM cable WHERE plan = :plan AND coalesce(managed, 1) GROUP BY object_id HAVING count(*) > 1)
ORDER BY object_id, id;
