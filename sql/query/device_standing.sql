-- The devices of a plan, and all others in its racks, as NetBox has them. One that no plan
-- owns has its kind and id for an object id.
SELECT
  coalesce(d.object_id, 'device:' || d.id) AS object,
  coalesce(d.name, 'device ' || d.id) AS name,
  coalesce(d.source, '') AS source,
  coalesce(r.object_id, 'rack:' || r.id, '') AS place,
  coalesce(d.position, 0.0) AS position,
  coalesce(d.face, '') AS face,
  t.slug AS type,
  t.u_height,
  t.is_full_depth,
  coalesce(o.slug, '') AS role
FROM device AS d
JOIN device_type AS t ON t.id = d.device_type_id
LEFT JOIN device_role AS o ON o.id = d.role_id
LEFT JOIN rack AS r ON r.id = d.rack_id
WHERE d.plan = :plan
   OR r.plan = :plan
ORDER BY d.id;
