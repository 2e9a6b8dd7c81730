-- Shared objects, and how many of the plan's objects were applied with each.
INSERT INTO remembered (kind, key, id, n)
SELECT v0, v1, v2, v3
FROM temp.incoming
WHERE batch = ?;
