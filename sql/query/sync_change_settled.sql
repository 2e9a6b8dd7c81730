-- The newest change from before :horizon: everything up to it has been seen.
SELECT id, request_id FROM object_change WHERE time <= :horizon ORDER BY id DESC LIMIT 1;
