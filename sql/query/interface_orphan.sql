-- Objects that bear a plan's key and that the plan has no more.
SELECT
  'interface' AS kind,
  o.object_id AS object,
  o.id,
  o.name AS name,
  coalesce(o.source, '') AS source,
  (SELECT e.object_id FROM device AS e WHERE e.id = o.device_id) AS owner,
  EXISTS (
    SELECT 1
    FROM device AS e
    JOIN interface_template AS t ON t.device_type_id = e.device_type_id AND t.name = o.name
    WHERE e.id = o.device_id
  ) AS template,
  o.protected
FROM interface AS o
LEFT JOIN desired_interface AS d ON d.object = o.object_id
WHERE o.plan = :plan
  AND o.object_id IS NOT NULL
  AND coalesce(o.managed, 1)
  AND d.object IS NULL
ORDER BY o.object_id, o.id;
