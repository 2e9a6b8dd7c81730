-- Devices of a plan that want a place above what their rack has now, as long as nobody makes
-- it higher. :sizes are the types that are yet to be made, by reference; one of which nothing
-- is known counts as one unit. :objects are the devices. field is the one by which the rack
-- gives way.
SELECT d.object, 'rack' AS kind, r.id, r.name, 'u_height' AS field
FROM json_each(:objects) AS e
CROSS JOIN desired_device AS d ON d.object = e.value
JOIN rack AS r ON r.id = d.rack_id
LEFT JOIN device_type AS t ON t.id = d.device_type_id
LEFT JOIN json_each(:sizes) AS n ON n.key = d.device_type_id
WHERE typeof(d.rack_id) = 'integer'
  AND d.position + coalesce(t.u_height, n.value ->> '$.u_height', 1) > r.starting_unit + r.u_height
ORDER BY d.object;
