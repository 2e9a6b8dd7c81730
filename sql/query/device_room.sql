-- What room devices of a plan want in racks, and how high their types are: by NetBox, where
-- those are there (known), else by the plan. Of a rack, what the plan wants it to be like.
-- :sizes are the types that are yet to be made, by reference; one of which nothing is known
-- counts as one unit. :objects are the devices.
SELECT
  d.object,
  d.rack_id AS rack,
  coalesce(r.name, nw.name, '') AS rack_name,
  coalesce(ow.u_height, r.u_height, nw.u_height, 42) AS units,
  coalesce(r.starting_unit, 1) AS lowest,
  d.position,
  coalesce(d.face, '') AS face,
  coalesce(t.slug, '') AS type,
  t.id IS NOT NULL AS known,
  coalesce(t.u_height, n.value ->> '$.u_height', 1) AS height,
  coalesce(t.is_full_depth, n.value ->> '$.is_full_depth', 1) AS full,
  coalesce(t.subdevice_role, n.value ->> '$.subdevice_role', '') = 'child' AS child
FROM json_each(:objects) AS e
CROSS JOIN desired_device AS d ON d.object = e.value
LEFT JOIN device_type AS t ON t.id = d.device_type_id
LEFT JOIN json_each(:sizes) AS n ON n.key = d.device_type_id
LEFT JOIN rack AS r ON r.id = d.rack_id
LEFT JOIN desired_rack AS ow ON ow.object = r.object_id AND ow.plan = r.plan
LEFT JOIN desired_rack AS nw ON nw.object = substr(d.rack_id, 2) AND nw.plan = d.plan
WHERE d.rack_id IS NOT NULL AND (d.position IS NOT NULL OR coalesce(d.face, '') <> '')
ORDER BY d.object;
