-- The requests that a NetBox answered.
SELECT DISTINCT j.request_id
FROM journal AS j
JOIN run AS r ON r.id = j.run
WHERE j.request_id IS NOT NULL AND r.netbox IN ('', :netbox)
ORDER BY j.request_id;
