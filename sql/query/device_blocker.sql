-- Rack units that devices of a plan want and do not take yet, and that another device
-- holds: by their lowest unit and height, on the same face or across a full-depth
-- device. :sizes are the types that are yet to be made, by reference; one of which nothing is
-- known counts as one unit. :objects are the devices.
-- own is 1 for a device of the same plan, whose own change may free the unit; lower is 1
-- where it would also if it stayed where it is, with the type that the plan wants.
{{template "device_occupant"}},
  NOT (
    (
      coalesce(dt.is_full_depth, n.value ->> '$.is_full_depth', 1)
      OR coalesce(wt.is_full_depth, wn.value ->> '$.is_full_depth', ot.is_full_depth)
      OR o.face IS d.face
    )
    AND d.position < o.position + coalesce(wt.u_height, wn.value ->> '$.u_height', ot.u_height)
  ) AS lower
FROM json_each(:objects) AS e
CROSS JOIN desired_device AS d ON d.object = e.value
JOIN device AS o ON o.rack_id = d.rack_id AND o.position IS NOT NULL
JOIN device_type AS ot ON ot.id = o.device_type_id
LEFT JOIN device_type AS dt ON dt.id = d.device_type_id
LEFT JOIN json_each(:sizes) AS n ON n.key = d.device_type_id
LEFT JOIN device AS h ON h.id = d.id
LEFT JOIN desired_device AS w ON w.object = o.object_id AND w.plan = o.plan
LEFT JOIN device_type AS wt ON wt.id = w.device_type_id
LEFT JOIN json_each(:sizes) AS wn ON wn.key = w.device_type_id
WHERE typeof(d.rack_id) = 'integer'
  AND d.position IS NOT NULL
  AND o.id IS NOT d.id
  AND (
    d.id IS NULL
    OR h.rack_id IS NOT d.rack_id
    OR h.position IS NOT d.position
    OR h.face IS NOT d.face
    OR h.device_type_id IS NOT d.device_type_id
  )
  AND (coalesce(dt.is_full_depth, n.value ->> '$.is_full_depth', 1) OR ot.is_full_depth OR o.face IS d.face)
  AND o.position < d.position + coalesce(dt.u_height, n.value ->> '$.u_height', 1)
  AND d.position < o.position + ot.u_height
ORDER BY d.object, o.id;
