-- The previews of a NetBox from before :before that nothing needs, the oldest first: not the
-- :newest of a plan, none that is being applied, and none whose approvals wait for an apply.
-- Of all, or the one :id.
SELECT p.id
FROM preview AS p
WHERE p.netbox = :netbox AND p.created_at < :before AND (:id = '' OR p.id = :id)
  AND p.id NOT IN (
    SELECT n.id
    FROM (
      SELECT q.id, row_number() OVER (PARTITION BY q.plan ORDER BY q.created_at DESC, q.id DESC) AS place
      FROM preview AS q
      WHERE q.netbox = :netbox
    ) AS n
    WHERE n.place <= :newest
  )
  AND NOT EXISTS (SELECT 1 FROM run AS r WHERE r.preview = p.id AND r.status = 'running')
  AND (
    NOT EXISTS (SELECT 1 FROM approval AS a WHERE a.preview = p.id)
    OR EXISTS (SELECT 1 FROM run AS r WHERE r.preview = p.id AND r.status = 'done')
  )
ORDER BY p.created_at, p.id;
