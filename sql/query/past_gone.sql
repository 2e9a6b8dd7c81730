-- Drops the objects of a kind that were not there at :at.
DELETE FROM {{.Kind.Name}}
WHERE id IN (
  SELECT p.id
  FROM (
    SELECT id, doc, min(until) AS until
    FROM past
    WHERE kind = '{{.Kind.Name}}' AND until > :at
    GROUP BY id
  ) AS p
  WHERE p.doc IS NULL
);
