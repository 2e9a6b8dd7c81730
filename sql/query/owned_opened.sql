-- The objects of a kind that are wanted, exist, and differ between the three sides. An
-- unchanged object costs nothing: signature_differs_idx has only these.
SELECT
  o.kind, s.object, o.id,
  o.base, o.initial, o.keys, o.released, o.tmp, o.doc, o.tagged,
  coalesce(o.last_updated, '') AS last_updated, o.turned, coalesce(o.version, 0) AS version
FROM signature AS s INDEXED BY signature_differs_idx
JOIN owned_{{.Kind.Name}} AS o ON o.id = s.id
WHERE s.kind = '{{.Kind.Name}}'
  AND s.want IS NOT NULL
  AND s.have IS NOT NULL
  AND (s.want IS NOT s.base OR s.base IS NOT s.have)
ORDER BY s.object;
