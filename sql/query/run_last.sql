-- The last run of a plan.
SELECT id, started_at, coalesce(finished_at, '') AS finished_at, status
FROM run
WHERE plan = :plan
ORDER BY started_at DESC, id DESC
LIMIT 1;
