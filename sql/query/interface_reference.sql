-- What hangs on an interface and diet did not make: :id is the interface.
SELECT 'ip_address' AS kind, p.id, p.address AS name
FROM ip_address AS p
WHERE p.assigned_object_type = 'dcim.interface' AND p.assigned_object_id = :id
UNION ALL
SELECT 'cable', c.id, coalesce(nullif(c.label, ''), '#' || c.id)
FROM cable_termination AS t
JOIN cable AS c ON c.id = t.cable_id
WHERE t.termination_type = 'dcim.interface' AND t.termination_id = :id AND c.plan IS NOT :plan
ORDER BY 1, 2;
