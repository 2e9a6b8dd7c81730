-- Rack units that a device of a plan wants and does not have yet, and that another
-- device occupies: by their lowest unit and height, on the same face or across a full-depth
-- device.
-- own is 1 for a device of the same plan, whose own change may free the unit.
SELECT
  d.object,
  o.id,
  coalesce(o.name, '#' || o.id) AS name,
  coalesce(o.plan, '') AS plan,
  coalesce(o.object_id, '') AS other,
  coalesce(o.plan, '') = d.plan AND o.object_id IS NOT NULL AS own
FROM desired_device AS d
JOIN device_type AS dt ON dt.id = d.device_type_id
JOIN device AS o ON o.rack_id = d.rack_id AND o.position IS NOT NULL
JOIN device_type AS ot ON ot.id = o.device_type_id
LEFT JOIN device AS h ON h.id = d.id
WHERE typeof(d.rack_id) = 'integer'
  AND d.position IS NOT NULL
  AND o.id IS NOT d.id
  AND (d.id IS NULL OR h.rack_id IS NOT d.rack_id OR h.position IS NOT d.position OR h.device_type_id IS NOT d.device_type_id)
  AND (dt.is_full_depth OR ot.is_full_depth OR o.face IS d.face)
  AND o.position < d.position + dt.u_height
  AND d.position < o.position + ot.u_height
ORDER BY d.object, o.id;
