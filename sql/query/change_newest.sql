-- The time of the newest change of the requests in :requests, a JSON array; NULL for none.
SELECT max(time) FROM object_change WHERE request_id IN (SELECT value FROM json_each(:requests));
