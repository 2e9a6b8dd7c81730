-- What is wanted of the objects that a diff looks at: those that differ or are not in
-- NetBox, those that refer to such, and those of :also, a JSON array of [kind, object].
WITH concerned AS (
  SELECT kind, object
  FROM signature INDEXED BY signature_differs_idx
  WHERE want IS NOT NULL AND have IS NOT NULL AND (want IS NOT base OR base IS NOT have)
  UNION
  SELECT kind, object FROM desired INDEXED BY desired_absent_idx WHERE id IS NULL
  UNION
  SELECT kind, object FROM desired INDEXED BY desired_pending_idx WHERE pending = 1
  UNION
  SELECT e.value ->> 0, e.value ->> 1 FROM jsonb_each(:also) AS e
)
SELECT d.kind, d.object, coalesce(d.id, 0) AS id, d.fields, d.initial
FROM concerned AS c
CROSS JOIN desired AS d ON d.kind = c.kind AND d.object = c.object;
