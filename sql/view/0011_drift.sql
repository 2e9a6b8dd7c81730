-- What somebody changed: one row an owned field whose value in NetBox is not
-- the one that diet last applied, for all plans. want is what diet would put
-- back; it needs no plan file. A NULL have is an empty value.
CREATE VIEW drift AS
SELECT
  'rack' AS kind,
  s.plan,
  s.object,
  s.id,
  o.name,
  b.key AS field,
  b.value AS base,
  b.value AS want,
  o.doc ->> ('$."' || b.key || '"') AS have
FROM signature AS s
JOIN rack_doc AS o ON o.id = s.id
JOIN json_each(o.base) AS b
WHERE s.kind = 'rack'
  AND s.base IS NOT s.have
  AND b.value IS NOT o.doc ->> ('$."' || b.key || '"')
  AND json_type(o.released, '$."' || b.key || '"') IS NULL
UNION ALL
SELECT
  'device' AS kind,
  s.plan,
  s.object,
  s.id,
  o.name,
  b.key AS field,
  b.value AS base,
  b.value AS want,
  o.doc ->> ('$."' || b.key || '"') AS have
FROM signature AS s
JOIN device_doc AS o ON o.id = s.id
JOIN json_each(o.base) AS b
WHERE s.kind = 'device'
  AND s.base IS NOT s.have
  AND b.value IS NOT o.doc ->> ('$."' || b.key || '"')
  AND json_type(o.released, '$."' || b.key || '"') IS NULL
UNION ALL
SELECT
  'interface' AS kind,
  s.plan,
  s.object,
  s.id,
  o.name,
  b.key AS field,
  b.value AS base,
  b.value AS want,
  o.doc ->> ('$."' || b.key || '"') AS have
FROM signature AS s
JOIN interface_doc AS o ON o.id = s.id
JOIN json_each(o.base) AS b
WHERE s.kind = 'interface'
  AND s.base IS NOT s.have
  AND b.value IS NOT o.doc ->> ('$."' || b.key || '"')
  AND json_type(o.released, '$."' || b.key || '"') IS NULL
UNION ALL
SELECT
  'cable' AS kind,
  s.plan,
  s.object,
  s.id,
  o.name,
  b.key AS field,
  b.value AS base,
  b.value AS want,
  o.doc ->> ('$."' || b.key || '"') AS have
FROM signature AS s
JOIN cable_doc AS o ON o.id = s.id
JOIN json_each(o.base) AS b
WHERE s.kind = 'cable'
  AND s.base IS NOT s.have
  AND b.value IS NOT o.doc ->> ('$."' || b.key || '"')
  AND json_type(o.released, '$."' || b.key || '"') IS NULL;
