-- Forgets an object that the last diff wanted.
DELETE FROM desired WHERE kind = ? AND object = ?;
