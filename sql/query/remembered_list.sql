-- The shared objects that those of the plan were applied with, as shared_remembered found them.
SELECT kind, key, id FROM remembered ORDER BY rowid;
