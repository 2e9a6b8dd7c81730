-- Objects of a kind that have a plan's key and that the plan no longer wants.
-- signature_unwanted_idx has only what the plan does not want. Two with one object id are
-- two rows.
SELECT
  o.kind, o.object, o.id, o.name, o.source, o.owner, o.protected,
  o.base, o.initial, o.keys, o.released, o.tmp, o.doc, o.tagged,
  coalesce(o.last_updated, '') AS last_updated, o.turned, coalesce(o.version, 0) AS version
FROM signature AS s INDEXED BY signature_unwanted_idx
CROSS JOIN owned_{{.Kind.Name}} AS o ON o.object = s.object
WHERE s.kind = '{{.Kind.Name}}'
  AND s.want IS NULL
  AND s.have IS NOT NULL
  AND o.plan = :plan
  AND o.managed
ORDER BY o.object, o.id;
