-- The requests that a NetBox answered, also those of runs that were pruned.
SELECT j.request_id
FROM journal AS j
JOIN run AS r ON r.id = j.run
WHERE j.request_id IS NOT NULL AND r.netbox IN ('', :netbox)
UNION
SELECT p.request_id FROM past_request AS p WHERE p.netbox IN ('', :netbox)
ORDER BY 1;
