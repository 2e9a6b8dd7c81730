-- Those of :ids, a JSON array, that are not in the mirror although they exist: somebody updated
-- them, by a change from :oldest on, and nobody deleted them. :type is such as dcim.rack.
SELECT i.value AS id
FROM json_each(:ids) AS i
WHERE NOT EXISTS (SELECT 1 FROM {{.Kind.Name}} AS o WHERE o.id = i.value)
  AND EXISTS (
    SELECT 1
    FROM object_change AS c
    WHERE c.object_type = :type AND c.object_id = i.value AND c.action = 'update' AND c.id >= :oldest
  )
  AND NOT EXISTS (
    SELECT 1
    FROM object_change AS c
    WHERE c.object_type = :type AND c.object_id = i.value AND c.action = 'delete'
  )
ORDER BY i.value;
