-- The racks of a plan, and those in which its devices stand, as NetBox has them.
SELECT
  coalesce(r.object_id, 'rack:' || r.id) AS object,
  r.name,
  coalesce(r.source, '') AS source,
  CAST(coalesce(r.u_height, 42) AS INTEGER) AS units
FROM rack AS r
WHERE r.plan = :plan
   OR r.id IN (SELECT d.rack_id FROM device AS d WHERE d.plan = :plan)
ORDER BY r.id;
