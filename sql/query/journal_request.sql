-- The requests that NetBox answered.
SELECT DISTINCT request_id FROM journal WHERE request_id IS NOT NULL ORDER BY request_id;
