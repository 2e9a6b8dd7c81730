-- The objects of a kind that are a plan's, as diet's record has them.
SELECT
  o.kind, o.object, o.id, o.name, o.source, coalesce(o.owner, '') AS owner,
  o.base, o.initial, o.keys, o.released, o.tmp, o.doc, o.tagged,
  coalesce(o.last_updated, '') AS last_updated, o.turned, coalesce(o.version, 0) AS version
FROM owned_{{.Kind.Name}} AS o
WHERE o.plan = :plan AND o.object IS NOT NULL AND o.managed
ORDER BY o.object, o.id;
