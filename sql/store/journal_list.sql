-- The requests of a run, in the order in which they were sent.
SELECT
  j.run,
  j.seq,
  j.batch,
  j.method,
  j.kind,
  j.objects,
  j.payload,
  j.inverse,
  j.guarded,
  j.sent_at,
  coalesce(j.done_at, '') AS done_at,
  j.status,
  j.request_id,
  coalesce(j.error, '') AS error
FROM journal AS j
WHERE j.run = :run
ORDER BY j.seq;
