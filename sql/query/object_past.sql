-- What an object was, the oldest first: by kind and NetBox id, or by its diet id.
WITH wanted AS (
  SELECT k.name AS kind, CAST(:id AS INTEGER) AS id
  FROM kind AS k
  WHERE k.name = :kind
  UNION
  SELECT o.kind, o.id
  FROM marked AS o
  WHERE o.object = :object
  UNION
  SELECT k.name, d.object_id
  FROM object_change AS d
  JOIN kind AS k ON k.object_type = d.object_type
  WHERE d.diet_id = :object
  UNION
  SELECT p.kind, p.id
  FROM past AS p
  WHERE :kind = '' AND p.doc ->> 'object_id' = :object
)
SELECT w.kind, w.id, p.until, p.doc
FROM wanted AS w
JOIN past AS p ON p.kind = w.kind AND p.id = w.id
ORDER BY w.kind, w.id, p.until;
