-- The last run of a plan, and when one last went through.
SELECT
  r.id,
  r.status,
  coalesce((SELECT max(d.finished_at) FROM run AS d WHERE d.plan = r.plan AND d.status = 'done'), '') AS reconciled
FROM run AS r
WHERE r.plan = :plan
ORDER BY r.started_at DESC, r.id DESC
LIMIT 1;
