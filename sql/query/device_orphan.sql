-- Objects that bear a plan's key and that the plan has no more.
SELECT
  'device' AS kind,
  o.object_id AS object,
  o.id,
  o.name AS name,
  coalesce(o.source, '') AS source,
  NULL AS owner,
  0 AS template,
  o.protected
FROM device AS o
LEFT JOIN desired_device AS d ON d.object = o.object_id
WHERE o.plan = :plan
  AND o.object_id IS NOT NULL
  AND coalesce(o.managed, 1)
  AND d.object IS NULL
ORDER BY o.object_id, o.id;
