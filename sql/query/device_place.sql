-- Devices that a plan wants and whose id no object has, with the device of the same
-- type in their place.
SELECT d.object, r.id, coalesce(nullif(r.name, ''), '#' || r.id) AS name, {{template "bearer"}}
FROM desired_device AS d
JOIN device AS r ON r.rack_id = d.rack_id AND r.position = d.position AND r.face IS d.face AND r.device_type_id = d.device_type_id
WHERE d.id IS NULL
ORDER BY d.object, r.id;
