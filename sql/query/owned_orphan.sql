-- Objects of a kind that have a plan's key and that the plan no longer wants.
SELECT
  o.kind, o.object, o.id, o.name, o.source, o.owner, o.protected,
  o.base, o.initial, o.keys, o.released, o.tmp, o.doc,
  coalesce(o.last_updated, '') AS last_updated, o.turned, coalesce(o.version, 0) AS version
FROM owned_{{.Kind.Name}} AS o
WHERE o.plan = :plan
  AND o.object IS NOT NULL
  AND o.managed
  AND NOT EXISTS (SELECT 1 FROM desired AS d WHERE d.kind = o.kind AND d.object = o.object)
ORDER BY o.object, o.id;
