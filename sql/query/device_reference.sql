-- What hangs on a device and diet did not make: :id is the device. Interfaces
-- without a diet id count only where they bear something themselves. (CROSS: the
-- interfaces of the device first.)
SELECT 'ip_address' AS kind, p.id, p.address AS name
FROM interface AS i
CROSS JOIN ip_address AS p ON p.assigned_object_type = 'dcim.interface' AND p.assigned_object_id = i.id
WHERE i.device_id = :id
UNION ALL
SELECT DISTINCT 'cable', c.id, coalesce(nullif(c.label, ''), '#' || c.id)
FROM interface AS i
CROSS JOIN cable_termination AS t ON t.termination_type = 'dcim.interface' AND t.termination_id = i.id
JOIN cable AS c ON c.id = t.cable_id
WHERE i.device_id = :id AND c.plan IS NOT :plan
ORDER BY 1, 2;
