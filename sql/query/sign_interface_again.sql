-- Asks for a signature of the objects that bear the id of one that is gone.
UPDATE interface
SET stale = 1
WHERE stale = 0
  AND object_id IN (SELECT object FROM signature WHERE kind = 'interface' AND have IS NULL);
