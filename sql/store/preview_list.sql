-- The newest previews, of all plans or of :plan: when each was applied, which run has written its
-- plan since it was made, and what an apply that refused it found to have changed.
SELECT
  p.id,
  p.netbox,
  p.plan,
  p.created_at,
  p.plan_file,
  coalesce(p.document ->> 'summary', '{}') AS summary,
  coalesce(p.document ->> 'plan_digest', '') AS plan_digest,
  coalesce(p.document ->> 'policy_digest', '') AS policy_digest,
  CAST(coalesce(p.document ->> 'approvals_demanded', '0') AS INTEGER) AS demanded,
  p.document ->> 'destroys' IS NULL AND p.document ->> 'rollback_of' IS NULL AS of_plan,
  coalesce((SELECT max(r.finished_at) FROM run AS r WHERE r.preview = p.id AND r.status = 'done'), '') AS applied_at,
  coalesce((
    SELECT r.id FROM run AS r
    WHERE r.plan = p.plan AND r.netbox = p.netbox AND r.started_at > p.created_at AND EXISTS (SELECT 1 FROM journal AS j WHERE j.run = r.id)
    ORDER BY r.started_at DESC
    LIMIT 1
  ), '') AS written_by,
  (SELECT i.data FROM preview_index AS i WHERE i.preview = p.id AND i.part = 'stale' AND i.seq = 0) AS found_stale
FROM preview AS p
WHERE :plan = '' OR p.plan = :plan
ORDER BY p.created_at DESC, p.id DESC
LIMIT :most;
