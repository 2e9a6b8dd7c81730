-- What one object of a plan wants, once more of what it refers to is found. The next diff
-- makes it anew.
UPDATE desired
SET
  fields = ?,
  initial = ?,
  pending = ?,
  want = ?,
  stated = rowid,
  digest = rowid
WHERE kind = ? AND object = ?;
