-- Clears the base and have sides of signatures whose object is gone, lost its id, or
-- is no longer managed.
UPDATE signature
SET id = NULL, base = NULL, have = NULL
WHERE kind = '{{.Kind.Name}}'
  AND have IS NOT NULL
  AND NOT EXISTS (
    SELECT 1
    FROM {{.Kind.Name}} AS o
    WHERE o.id = signature.id AND o.object_id = signature.object AND coalesce(o.managed, 1)
  );
