-- The objects of a kind that somebody changed, and of which the changelog may say more than
-- has been read: :most of them.
SELECT s.id
FROM signature AS s INDEXED BY signature_drift_idx
WHERE s.kind = '{{.Kind.Name}}'
  AND s.base IS NOT s.have
  AND s.id IS NOT NULL
  AND NOT EXISTS (SELECT 1 FROM recalled AS r WHERE r.kind = s.kind AND r.id = s.id)
LIMIT :most;
