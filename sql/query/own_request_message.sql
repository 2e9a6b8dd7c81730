-- Notes the requests of diet's users that have the message of a run, of the changes from :from
-- on.
INSERT INTO own_request (request_id, journaled)
SELECT DISTINCT c.request_id, 0
FROM object_change AS c
JOIN actor AS a ON a.user = c.user_name AND a.role = 'diet'
WHERE c.id >= :from AND c.message GLOB :message
ON CONFLICT DO NOTHING;
