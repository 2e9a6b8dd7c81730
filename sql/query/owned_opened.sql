-- The objects that are wanted and there and whose three sides are not one. The scan of
-- signature is all that an unchanged object costs.
SELECT o.kind, s.object, o.base, o.keys, o.released, o.doc, coalesce(o.last_updated, '') AS last_updated
FROM signature AS s
JOIN owned AS o ON o.kind = s.kind AND o.id = s.id
WHERE s.want IS NOT NULL
  AND s.have IS NOT NULL
  AND (s.want IS NOT s.base OR s.base IS NOT s.have)
ORDER BY o.kind, s.object;
