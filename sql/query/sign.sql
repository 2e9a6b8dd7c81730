-- The base and have sides of the signatures of the objects of a kind that changed since
-- they were made. Of two objects with one id the older stands; the diff finds both. (The
-- plus keeps SQLite from the index on object_id: few objects are stale.) What diet
-- wrote temporarily has no base side, so that the diff opens it. What is
-- only set at creation counts as it was applied, on both sides: to change it is no drift.
INSERT INTO signature (kind, object, id, plan, base, have)
SELECT
  o.kind,
  o.object,
  o.id,
  coalesce(o.plan, ''),
  CASE WHEN o.tmp = '{}' THEN diet_sign(o.base, o.released, o.base, o.initial) END,
  diet_sign(o.base, o.released, o.doc, o.initial)
FROM owned_{{.Kind.Name}} AS o
WHERE o.stale = 1 AND +o.object IS NOT NULL AND o.managed
ORDER BY o.object, o.id DESC
ON CONFLICT (kind, object) DO UPDATE SET
  id = excluded.id,
  plan = excluded.plan,
  base = excluded.base,
  have = excluded.have;
