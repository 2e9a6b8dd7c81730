-- Requests a new signature for objects with the id of one that is gone.
UPDATE {{.Kind.Name}}
SET stale = 1
WHERE stale = 0
  AND object_id IN (SELECT object FROM signature WHERE kind = '{{.Kind.Name}}' AND have IS NULL);
