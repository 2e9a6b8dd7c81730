-- How NetBox filters objects of :type by the custom fields :names, a JSON array: of those that
-- the objects have.
SELECT c.name, coalesce(c.filter_logic, '') AS logic
FROM custom_field AS c
WHERE c.name IN (SELECT value FROM json_each(:names))
  AND EXISTS (SELECT 1 FROM json_each(c.object_types) AS t WHERE t.value = :type)
ORDER BY c.name;
