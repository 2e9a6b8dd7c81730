-- Forgets objects that the last diff wanted.
DELETE FROM desired WHERE (kind, object) IN (SELECT v0, v1 FROM temp.incoming WHERE batch = ?);
