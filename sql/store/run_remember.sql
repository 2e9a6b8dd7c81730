-- What stays of a run: the requests that NetBox answered.
INSERT INTO past_request (netbox, request_id)
SELECT DISTINCT r.netbox, j.request_id
FROM journal AS j
JOIN run AS r ON r.id = j.run
WHERE j.run = :id AND j.request_id IS NOT NULL
ON CONFLICT DO NOTHING;
