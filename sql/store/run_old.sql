-- The runs of a NetBox from before :before that nothing needs, the oldest first: not the
-- :newest of a plan that ended alike, those that wrote something apart; none that is open, and
-- none that a stored preview undoes. Of all, or the one :id.
SELECT r.id, (SELECT count(*) FROM journal AS j WHERE j.run = r.id) AS requests
FROM run AS r
WHERE r.netbox = :netbox AND coalesce(r.finished_at, r.started_at) < :before AND (:id = '' OR r.id = :id)
  AND r.status <> 'running'
  AND NOT EXISTS (SELECT 1 FROM journal AS j WHERE j.run = r.id AND j.status IN ('sent', 'unknown'))
  AND r.id NOT IN (
    SELECT n.id
    FROM (
      SELECT q.id, row_number() OVER (PARTITION BY q.plan, q.status, q.wrote ORDER BY q.started_at DESC, q.id DESC) AS place
      FROM (
        SELECT s.id, s.plan, s.status, s.started_at, EXISTS (SELECT 1 FROM journal AS j WHERE j.run = s.id) AS wrote
        FROM run AS s
        WHERE s.netbox = :netbox
      ) AS q
    ) AS n
    WHERE n.place <= :newest
  )
  AND NOT EXISTS (SELECT 1 FROM preview AS p WHERE p.netbox = r.netbox AND p.plan = r.plan AND p.document ->> 'rollback_of' = r.id)
ORDER BY r.started_at, r.id;
