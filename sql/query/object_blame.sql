-- The changes of an object, the newest first: by kind and NetBox id, or by its diet id,
-- which a deletion keeps, and so does the mirror of what was released. With :field, those that touched it, or may have.
-- object_change_object_idx serves it.
WITH wanted AS (
  SELECT k.object_type, k.name AS kind, CAST(:id AS INTEGER) AS id
  FROM kind AS k
  WHERE k.name = :kind
  UNION
  SELECT k.object_type, k.name, o.id
  FROM marked AS o
  JOIN kind AS k ON k.name = o.kind
  WHERE o.object = :object
  UNION
  SELECT k.object_type, k.name, d.object_id
  FROM object_change AS d
  JOIN kind AS k ON k.object_type = d.object_type
  WHERE d.diet_id = :object
  UNION
  SELECT k.object_type, k.name, p.id
  FROM past AS p
  JOIN kind AS k ON k.name = p.kind
  WHERE :kind = '' AND p.doc ->> 'object_id' = :object
)
SELECT
  w.kind,
  w.id,
  c.time,
  c.actor,
  c.user,
  c.action,
  coalesce(c.fields, '[]') AS fields,
  coalesce(c.wrote, '{}') AS wrote,
  c.request_id,
  c.message
FROM wanted AS w
JOIN authored AS c ON c.object_type = w.object_type AND c.object_id = w.id
WHERE :field = '' OR c.fields IS NULL OR EXISTS (SELECT 1 FROM json_each(c.fields) AS f WHERE f.value = :field)
ORDER BY c.id DESC;
