-- The requests of a plan to a NetBox of which nobody knows what became, the oldest first.
SELECT j.run, j.seq, j.batch, j.method, j.kind, j.objects, j.payload, j.inverse, j.guarded, j.sent_at, j.status
FROM journal AS j
JOIN run AS r ON r.id = j.run
WHERE j.status IN ('sent', 'unknown') AND r.plan = :plan AND r.netbox IN ('', :netbox)
ORDER BY j.sent_at, j.run, j.seq;
