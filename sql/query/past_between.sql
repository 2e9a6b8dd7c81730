-- Forgets, of versions that ended after :at, all but the first of an object.
DELETE FROM past AS p
WHERE p.until > :at
  AND EXISTS (SELECT 1 FROM past AS q WHERE q.kind = p.kind AND q.id = p.id AND q.until >= :at AND q.until < p.until);
