-- What one object of a plan wants, once more of what it refers to is found.
UPDATE desired
SET
  fields = :fields,
  initial = :initial,
  want = :want
WHERE kind = :kind AND object = :object;
