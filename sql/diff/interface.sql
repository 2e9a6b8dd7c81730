-- One row a field of a interface whose three sides are not one, into difference.
-- The scan of signature is all that an unchanged object costs; the primary keys
-- of the other two serve the rest.
INSERT INTO difference (kind, object, plan, field, base, want, have, known, stated)
WITH opened AS MATERIALIZED (
  SELECT s.object, d.plan, d.fields, o.base, o.released, o.doc
  FROM signature AS s
  JOIN desired_interface AS d ON d.object = s.object
  JOIN interface_doc AS o ON o.id = s.id
  WHERE s.kind = 'interface'
    AND s.want IS NOT NULL
    AND s.have IS NOT NULL
    AND (s.want IS NOT s.base OR s.base IS NOT s.have)
),
field AS (
  SELECT o.object, f.key AS field
  FROM opened AS o
  JOIN json_each(o.fields) AS f
  UNION
  SELECT o.object, f.key
  FROM opened AS o
  JOIN json_each(o.base) AS f
)
SELECT
  'interface',
  o.object,
  o.plan,
  f.field,
  o.base ->> ('$."' || f.field || '"'),
  o.fields ->> ('$."' || f.field || '"'),
  o.doc ->> ('$."' || f.field || '"'),
  json_type(o.base, '$."' || f.field || '"') IS NOT NULL,
  json_type(o.fields, '$."' || f.field || '"') IS NOT NULL
FROM field AS f
JOIN opened AS o ON o.object = f.object
WHERE json_type(o.released, '$."' || f.field || '"') IS NULL
ORDER BY o.object, f.field;
