-- Devices that a plan wants and that nothing bears the id of, beside the device
-- that stands there: by site and name, without regard to case and over all
-- tenants, else by rack, face and position. same is 1 for one of the same type.
WITH found AS (
  SELECT d.object, o.id, 1 AS rank
  FROM desired_device AS d
  JOIN device AS o ON o.site_id = d.site_id AND lower(o.name) = lower(d.name)
  WHERE d.id IS NULL
  UNION ALL
  SELECT d.object, o.id, 2
  FROM desired_device AS d
  JOIN device AS o ON o.rack_id = d.rack_id AND o.position = d.position AND o.face IS d.face AND o.device_type_id = d.device_type_id
  WHERE d.id IS NULL
)
SELECT
  f.object,
  o.id,
  coalesce(o.name, '#' || o.id) AS name,
  coalesce(o.plan, '') AS plan,
  coalesce(o.object_id, '') AS other,
  CASE min(f.rank) WHEN 1 THEN 'name' ELSE 'position' END AS found,
  o.created,
  o.device_type_id IS d.device_type_id AS same,
  0 AS native
FROM found AS f
JOIN device AS o ON o.id = f.id
JOIN desired_device AS d ON d.object = f.object
GROUP BY f.object, o.id
ORDER BY f.object, min(f.rank), o.id;
