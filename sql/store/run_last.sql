-- The last run of a plan, when it last did something, and when one last went through.
SELECT
  r.id,
  r.status,
  coalesce(
    (SELECT coalesce(j.done_at, j.sent_at) FROM journal AS j WHERE j.run = r.id ORDER BY j.seq DESC LIMIT 1),
    r.started_at
  ) AS active,
  coalesce((SELECT max(d.finished_at) FROM run AS d WHERE d.plan = r.plan AND d.netbox = r.netbox AND d.status = 'done'), '') AS reconciled
FROM run AS r
WHERE r.plan = :plan AND r.netbox IN ('', :netbox)
ORDER BY r.started_at DESC, r.id DESC
LIMIT 1;
