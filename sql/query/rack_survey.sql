-- The racks of a site, with whose they are. A location within another one has no name by
-- which a plan could call it.
SELECT
  r.id, r.name, coalesce(l.slug, '') AS location, CAST(coalesce(r.u_height, 42) AS INTEGER) AS u_height,
  coalesce(r.plan, r.shown_plan, '') AS plan, coalesce(r.object_id, '') AS object
FROM rack AS r
JOIN site AS s ON s.id = r.site_id
LEFT JOIN location AS l ON l.id = r.location_id AND l.parent_id IS NULL
WHERE s.slug = :site
ORDER BY r.id;
