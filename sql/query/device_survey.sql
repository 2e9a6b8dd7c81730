-- The devices of a site, with whose they are.
SELECT
  d.id, coalesce(d.name, '') AS name, t.slug AS type, o.slug AS role,
  coalesce(d.rack_id, 0) AS rack, coalesce(d.position, 0) AS position, coalesce(d.face, '') AS face,
  coalesce(d.status, '') AS status, coalesce(d.plan, d.shown_plan, '') AS plan, coalesce(d.object_id, '') AS object
FROM device AS d
JOIN site AS s ON s.id = d.site_id
JOIN device_type AS t ON t.id = d.device_type_id
JOIN device_role AS o ON o.id = d.role_id
WHERE s.slug = :site
ORDER BY d.id;
