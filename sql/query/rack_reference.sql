-- Devices in a rack that are not of the plan.
SELECT 'device' AS kind, d.id, coalesce(d.name, '#' || d.id) AS name
FROM device AS d
WHERE d.rack_id = :id AND d.plan IS NOT :plan
ORDER BY 1, 2;
