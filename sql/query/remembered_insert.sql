-- A shared object that some of the plan were applied with.
INSERT INTO remembered (kind, key, id) VALUES (?, ?, ?);
