-- A shared object that n of the plan's objects were applied with.
INSERT INTO remembered (kind, key, id, n) VALUES (?, ?, ?, ?);
