-- What became of a request.
UPDATE journal
SET done_at = :done_at, status = :status, request_id = :request_id, error = :error
WHERE run = :run AND seq = :seq;
