-- Notes the requests of a journal: :requests, a JSON array.
INSERT INTO own_request (request_id, journaled)
SELECT DISTINCT r.value, 1 FROM json_each(:requests) AS r WHERE r.value IS NOT NULL
ON CONFLICT (request_id) DO UPDATE SET journaled = 1;
