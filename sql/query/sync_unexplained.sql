-- How many of :ids, a JSON array, the changelog has no deletion of. :type is
-- such as dcim.device.
SELECT count(*)
FROM json_each(:ids) AS i
WHERE NOT EXISTS (
  SELECT 1
  FROM object_change AS c
  WHERE c.object_type = :type AND c.object_id = i.value AND c.action = 'delete'
);
