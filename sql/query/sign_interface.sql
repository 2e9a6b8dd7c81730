-- The base and have sides of the signatures of what changed since they were
-- made. Of two objects with one id the older stands; the diff finds both.
INSERT INTO signature (kind, object, id, plan, base, have)
SELECT 'interface', o.object_id, o.id, coalesce(o.plan, ''), diet_sign(d.base, d.released, d.base), diet_sign(d.base, d.released, d.doc)
FROM interface AS o
JOIN interface_doc AS d ON d.id = o.id
WHERE o.stale = 1 AND o.object_id IS NOT NULL AND coalesce(o.managed, 1)
ORDER BY o.object_id, o.id DESC
ON CONFLICT (kind, object) DO UPDATE SET
  id = excluded.id,
  plan = excluded.plan,
  base = excluded.base,
  have = excluded.have;
