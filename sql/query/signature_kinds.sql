-- The owned kinds of which objects differ between the three sides, and those of which some are not
-- wanted: each is opened by a statement of its own, which takes longer to compile than these to ask.
SELECT
  k.name AS kind,
  EXISTS (
    SELECT 1
    FROM signature AS s INDEXED BY signature_differs_idx
    WHERE s.kind = k.name
      AND s.want IS NOT NULL
      AND s.have IS NOT NULL
      AND (s.want IS NOT s.base OR s.base IS NOT s.have)
  ) AS differs,
  EXISTS (
    SELECT 1
    FROM signature AS s INDEXED BY signature_unwanted_idx
    WHERE s.kind = k.name AND s.want IS NULL AND s.have IS NOT NULL
  ) AS unwanted
FROM kind AS k
WHERE k.owned;
