-- The newest previews, of all plans or of :plan: when each was applied, and which run has
-- written its plan since it was made.
SELECT
  p.id,
  p.netbox,
  p.plan,
  p.created_at,
  p.plan_file,
  coalesce(json_extract(p.document, '$.summary'), '{}') AS summary,
  coalesce(json_extract(p.document, '$.plan_digest'), '') AS plan_digest,
  coalesce(json_extract(p.document, '$.policy_digest'), '') AS policy_digest,
  coalesce(json_extract(p.document, '$.approvals_demanded'), 0) AS demanded,
  json_extract(p.document, '$.destroys') IS NULL AND json_extract(p.document, '$.rollback_of') IS NULL AS of_plan,
  coalesce((SELECT max(r.finished_at) FROM run AS r WHERE r.preview = p.id AND r.status = 'done'), '') AS applied_at,
  coalesce((
    SELECT r.id FROM run AS r
    WHERE r.plan = p.plan AND r.netbox = p.netbox AND r.started_at > p.created_at AND EXISTS (SELECT 1 FROM journal AS j WHERE j.run = r.id)
    ORDER BY r.started_at DESC
    LIMIT 1
  ), '') AS written_by
FROM preview AS p
WHERE :plan = '' OR p.plan = :plan
ORDER BY p.created_at DESC, p.rowid DESC
LIMIT :most;
