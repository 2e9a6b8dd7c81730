-- What one object of a plan wants, once more of what it refers to is found. The next diff
-- writes it anew.
UPDATE desired
SET
  fields = ?,
  initial = ?,
  want = ?,
  digest = 0
WHERE kind = ? AND object = ?;
