-- What people call the objects of a kind with the ids of the JSON list :ids.
SELECT id, name
FROM (
  SELECT 'site' AS kind, id, name FROM site
  UNION ALL
  SELECT 'location', id, name FROM location
  UNION ALL
  SELECT 'device_type', id, model FROM device_type
  UNION ALL
  SELECT 'device_role', id, name FROM device_role
  UNION ALL
  SELECT 'tenant', id, name FROM tenant
  UNION ALL
  SELECT 'platform', id, name FROM platform
  UNION ALL
  SELECT 'rack', id, name FROM rack
  UNION ALL
  SELECT 'device', id, coalesce(name, '#' || id) FROM device
  UNION ALL
  SELECT 'interface', i.id, coalesce(d.name, '#' || d.id) || ' ' || i.name FROM interface AS i JOIN device AS d ON d.id = i.device_id
)
WHERE kind = :kind AND id IN (SELECT value FROM json_each(:ids))
ORDER BY id;
