-- Devices that stand above what a rack of a plan shall have: NetBox keeps a rack as high as
-- its highest device. :objects are the racks. own is 1 for a device of the same plan, whose
-- own change may take it away.
{{template "device_occupant"}}
FROM json_each(:objects) AS e
CROSS JOIN desired_rack AS d ON d.object = e.value
JOIN rack AS r ON r.id = d.id
JOIN device AS o ON o.rack_id = d.id
JOIN device_type AS t ON t.id = o.device_type_id
WHERE o.position + t.u_height > r.starting_unit + d.u_height
ORDER BY d.object, o.id;
