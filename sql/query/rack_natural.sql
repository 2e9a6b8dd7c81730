-- Racks that a plan wants and that nothing bears the id of, beside the rack of
-- that site, location and name. One owned by another plan shows with its plan.
SELECT d.object, o.id, o.name, coalesce(o.plan, '') AS plan, coalesce(o.object_id, '') AS other, 'name' AS found, o.created, 1 AS same, 0 AS native
FROM desired_rack AS d
JOIN rack AS o ON o.site_id = d.site_id AND o.name = d.name AND (json_type(d.fields, '$.location') IS NULL OR o.location_id IS d.location_id)
WHERE d.id IS NULL
ORDER BY d.object, o.id;
