-- Runs with when each last did something, the newest first: of all plans and NetBoxes, or
-- of :plan, of :preview, or the one :run. A run that never ended has no finished_at.
-- kept is its preview where the store holds that. rollback_of is the run that one undoes, rolled_back_by
-- the last one that undid it, and rolled_back_in_part whether that held or failed any of it.
SELECT
  r.id,
  r.netbox,
  r.plan,
  r.preview,
  r.intent,
  r.told,
  r.started_at,
  coalesce(r.finished_at, '') AS finished_at,
  r.status,
  coalesce(r.result, '') AS result,
  coalesce(
    (SELECT coalesce(j.done_at, j.sent_at) FROM journal AS j WHERE j.run = r.id ORDER BY j.seq DESC LIMIT 1),
    r.started_at
  ) AS active,
  (SELECT count(*) FROM journal AS j WHERE j.run = r.id) AS requests,
  coalesce((SELECT p.id FROM preview AS p WHERE p.id = r.preview), '') AS kept,
  coalesce((SELECT p.document ->> 'rollback_of' FROM preview AS p WHERE p.id = r.preview), '') AS rollback_of,
  coalesce((
    SELECT d.id FROM preview AS p JOIN run AS d ON d.preview = p.id
    WHERE p.netbox = r.netbox AND p.plan = r.plan AND p.created_at >= r.started_at AND p.document ->> 'rollback_of' = r.id
      AND d.status IN ('done', 'partial') AND EXISTS (SELECT 1 FROM journal AS j WHERE j.run = d.id)
    ORDER BY d.started_at DESC
    LIMIT 1
  ), '') AS rolled_back_by,
  coalesce((
    SELECT CASE WHEN d.status = 'partial' OR d.result NOT LIKE '%"held"_[]%' THEN 'in part' ELSE '' END
    FROM preview AS p JOIN run AS d ON d.preview = p.id
    WHERE p.netbox = r.netbox AND p.plan = r.plan AND p.created_at >= r.started_at AND p.document ->> 'rollback_of' = r.id
      AND d.status IN ('done', 'partial') AND EXISTS (SELECT 1 FROM journal AS j WHERE j.run = d.id)
    ORDER BY d.started_at DESC
    LIMIT 1
  ), '') AS rolled_back_in_part
FROM run AS r
WHERE (:plan = '' OR r.plan = :plan) AND (:preview = '' OR r.preview = :preview) AND (:run = '' OR r.id = :run)
ORDER BY r.started_at DESC, r.id DESC
LIMIT :most;
