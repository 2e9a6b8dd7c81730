-- Runs with when each last did something, the newest first: of all plans and NetBoxes, or
-- of :plan, of :preview, or the one :run. A run that never ended has no finished_at.
SELECT
  r.id,
  r.netbox,
  r.plan,
  r.preview,
  r.started_at,
  coalesce(r.finished_at, '') AS finished_at,
  r.status,
  coalesce(r.result, '') AS result,
  coalesce(
    (SELECT coalesce(j.done_at, j.sent_at) FROM journal AS j WHERE j.run = r.id ORDER BY j.seq DESC LIMIT 1),
    r.started_at
  ) AS active,
  (SELECT count(*) FROM journal AS j WHERE j.run = r.id) AS requests
FROM run AS r
WHERE (:plan = '' OR r.plan = :plan) AND (:preview = '' OR r.preview = :preview) AND (:run = '' OR r.id = :run)
ORDER BY r.started_at DESC, r.id DESC
LIMIT :most;
